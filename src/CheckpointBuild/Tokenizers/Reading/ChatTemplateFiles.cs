using System;
using System.Collections.Immutable;
using System.Linq;
using System.Text;

namespace CheckpointBuild.Tokenizers.Reading;

/// <summary>Finds the chat templates of a folder.</summary>
internal static class ChatTemplateFiles
{
    /// <summary>The name of a template that has none of its own.</summary>
    internal const string Default = "default";

    /// <summary>The folder of templates with names of their own.</summary>
    internal const string Folder = "additional_chat_templates/";

    private const string TextFile = "chat_template.jinja";
    private const string JsonFile = "chat_template.json";
    private const string Extension = ".jinja";

    /// <summary>Reads them: from <c>tokenizer_config.json</c>, else from files of their own.</summary>
    /// <param name="files">The folder's files.</param>
    /// <returns>They, in the files' order.</returns>
    internal static ImmutableArray<ChatTemplateText> Read(TokenizerFolder files)
    {
        ImmutableArray<ChatTemplateText> stated = Of(files.Json(TokenizerConfiguration.FileName)["chat_template"]);
        if (!stated.IsEmpty)
        {
            return stated;
        }

        if (!files.Has(TextFile))
        {
            return Of(files.Json(JsonFile)["chat_template"]);
        }

        return
        [
            new(Default, Text(files, TextFile)),
            .. from name in files.Names
               where name.StartsWith(Folder, StringComparison.Ordinal) && name.EndsWith(Extension, StringComparison.Ordinal)
               select new ChatTemplateText(name[Folder.Length..^Extension.Length], Text(files, name)),
        ];
    }

    /// <summary>Writes templates as files: the default one, and the others in a folder of their own.</summary>
    /// <param name="templates">They.</param>
    /// <returns>The files.</returns>
    internal static ImmutableArray<TokenizerFile> Write(ImmutableArray<ChatTemplateText> templates) =>
    [
        .. from template in templates
           select new TokenizerFile(template.Name == Default ? TextFile : $"{Folder}{SafeName(template.Name)}{Extension}", Encoding.UTF8.GetBytes(template.Text)),
    ];

    /// <summary>A template's name comes from a file that may be hostile, and becomes a file's name.</summary>
    private static string SafeName(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '_'));

    /// <summary>A template, or a list of named ones.</summary>
    private static ImmutableArray<ChatTemplateText> Of(JsonPart part)
    {
        if (part.IsText)
        {
            return [new(Default, part.Text())];
        }

        return part.IsArray
            ? [.. from item in part.Items() where item["name"].IsText && item["template"].IsText select new ChatTemplateText(item["name"].Text(), item["template"].Text())]
            : [];
    }

    private static string Text(TokenizerFolder files, string name) => Encoding.UTF8.GetString(files.Open(name).Span).TrimStart('\uFEFF').Replace("\r\n", "\n", StringComparison.Ordinal);
}

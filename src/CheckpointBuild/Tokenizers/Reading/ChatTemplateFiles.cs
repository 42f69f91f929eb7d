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

    private const string TextFile = "chat_template.jinja";
    private const string JsonFile = "chat_template.json";
    private const string Folder = "additional_chat_templates/";
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

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;

namespace CheckpointBuild.Package.Tests.Tasks;

/// <summary><c>docs/codes.md</c>, which the help links of errors and warnings lead to: every code with its message as the source has it, what differs from case to case left out.</summary>
internal static partial class CodesPage
{
    /// <summary>The page, relative to the repository.</summary>
    internal const string File = "docs/codes.md";

    private static readonly (char First, string Title)[] Blocks =
    [
        ('1', "reading files"), ('2', "configuration and mapping"), ('3', "stages and quantization"), ('4', "writing"), ('5', "running"), ('6', "fetching models"), ('7', "builds, stores and plug-ins"), ('9', "usage"),
    ];

    /// <summary>The page as it must be.</summary>
    internal static string RightText()
    {
        var page = new StringBuilder("# Codes\n\nWhat `ckpt` and the build say when something is wrong. A message names the place, what was found and needed, and what to do; … stands for what differs from case to case.\n");
        char block = ' ';
        foreach ((string code, string message) in Codes().OrderBy(c => c.Code, StringComparer.Ordinal))
        {
            if (code[4] != block)
            {
                block = code[4];
                page.Append(CultureInfo.InvariantCulture, $"\n# {block}xxx: {Blocks.Single(b => b.First == block).Title}\n");
            }

            page.Append(CultureInfo.InvariantCulture, $"\n## {code}\n\n{message}\n");
        }

        return page.ToString();
    }

    private static IEnumerable<(string Code, string Message)> Codes() =>
        from file in Directory.GetFiles(Path.Combine(RepositoryPaths.Root, "src"), "*Errors*.cs", SearchOption.AllDirectories)
        where Path.GetFileName(Path.GetDirectoryName(file)) == "Diagnostics"
        let text = System.IO.File.ReadAllText(file)
        from Match factory in Factory().Matches(text)
        select (factory.Groups["code"].Value, Message(text, factory.Index + factory.Length));

    // The first literal behind the code, with others that are added to it.
    private static string Message(string text, int start)
    {
        var message = new StringBuilder();
        int place = text.IndexOf('"', start) + 1;
        while (true)
        {
            bool interpolated = text[place - 2] == '$';
            while (text[place] != '"')
            {
                if (interpolated && text[place] == '{' && text[place + 1] != '{')
                {
                    place = EndOfHole(text, place);
                    message.Append('…');
                    continue;
                }

                place += text[place] == '\\' || (interpolated && text[place] is '{' or '}') ? 1 : 0;
                message.Append(text[place++]);
            }

            Match more = Added().Match(text, place + 1);
            if (!more.Success)
            {
                return message.ToString().Replace("<", "\\<", StringComparison.Ordinal);
            }

            place += 1 + more.Length;
        }
    }

    // Holes may hold braces and texts of their own.
    private static int EndOfHole(string text, int place)
    {
        int depth = 0;
        bool quoted = false;
        do
        {
            quoted ^= text[place] == '"' && text[place - 1] != '\\';
            depth += text[place] switch { '{' => 1, '}' => -1, _ => 0 };
            place++;
        }
        while (depth > 0);
        return quoted ? throw new FormatException("A text of a message does not end.") : place;
    }

    [GeneratedRegex("new\\(\"(?<code>CKPT\\d{4})\",")]
    private static partial Regex Factory();

    [GeneratedRegex("\\G\\s*\\+\\s*\\$?\"")]
    private static partial Regex Added();
}

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.HouseTests;

/// <summary>The project speaks of itself alone: no path of a machine, no host that packages come from, nothing unfinished.</summary>
public sealed class TextTests
{
    // Written so that this file does not hold what it looks for.
    private static readonly (Regex Pattern, string Reason)[] Unwanted =
    [
        (new(@"(?<![\w.>})-])/(work|root|home|tmp|Users|mnt)/", RegexOptions.ExplicitCapture), "a path of one machine"),
        (new(@"\b[A-Z]:\\(Users|Windows|work)\b", RegexOptions.ExplicitCapture), "a path of one machine"),
        (new(@"\b(api\.nuget|pypi|registry\.npmjs|files\.pythonhosted)\.(org|com)\b", RegexOptions.ExplicitCapture), "a host that packages come from: each machine's own configuration says where"),
        (new(@"\b(TO" + @"DO|FIX" + @"ME|HA" + @"CK|X" + @"XX)\b", RegexOptions.ExplicitCapture), "something unfinished"),
        (new("NotImplemented" + "Exception"), "a stub"),
    ];

    private static readonly string[] Extensions = [".cs", ".csproj", ".props", ".targets", ".xml", ".json", ".md", ".txt", ".sh", ".editorconfig", ".gitignore", ".config", ".sln", ".py", ".mjs", ""];

    // Other tools' data, kept as it came.
    private static readonly string[] Data = ["tests/Fixtures/", "samples/models/"];

    [Fact]
    public void Files_hold_no_unwanted_words()
    {
        IEnumerable<string> wrong =
            from path in Repository.Files("", "*")
            where Extensions.Contains(Path.GetExtension(path)) && !Data.Any(d => path.StartsWith(d, StringComparison.Ordinal))
            from line in File.ReadLines(Repository.PathOf(path)).Select((text, index) => (Text: text, Number: index + 1))
            from word in Unwanted
            let match = word.Pattern.Match(line.Text)
            where match.Success
            select $"{path}({line.Number}): '{match.Value}' is {word.Reason}";

        Findings.None(wrong);
    }

    [Fact]
    public void Files_end_with_a_line_and_have_unix_line_ends()
    {
        IEnumerable<string> wrong =
            from file in Repository.Files("src", "*.cs").Concat(Repository.Files("tests", "*.cs"))
            let text = File.ReadAllText(Repository.PathOf(file))
            where text.Contains('\r', StringComparison.Ordinal) || !text.EndsWith('\n')
            select file;

        Findings.None(wrong);
    }
}

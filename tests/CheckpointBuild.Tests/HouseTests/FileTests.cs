using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.HouseTests;

/// <summary>Files are small, hold one type each and lie where their namespace says; every room introduces itself.</summary>
public sealed class FileTests
{
    private const int MostLines = 400;
    private const int MostReadmeLines = 30;

    // A program's entry point and files of assembly attributes declare no type.
    private static readonly string[] TypelessFiles = ["AssemblyInfo", "GlobalSuppressions"];

    // MSBuild looks for it in its own namespace.
    private static readonly string[] FilesOfForeignNamespaces = ["MSBuildMultiThreadableTaskAttribute"];

    public static TheoryData<string> Rooms => [.. SourceFile.Product.Select(RoomFolder).OfType<string>().Distinct(StringComparer.Ordinal)];

    [Fact]
    public void Files_stay_within_400_lines()
    {
        Findings.None(SourceFile.Product.Concat(SourceFile.Tests).Where(f => f.Lines.Count > MostLines).Select(f => $"{f.Path}: {f.Lines.Count} lines"));
    }

    [Fact]
    public void Files_hold_one_type_that_is_named_as_they_are()
    {
        IEnumerable<string> wrong =
            from file in SourceFile.Product
            where !TypelessFiles.Contains(file.Stem)
            let types = file.Types.ToArray()
            where types.Length != 1 || types[0] != file.Stem
            select $"{file.Path}: declares {(types.Length == 0 ? "no type" : string.Join(", ", types))}";

        Findings.None(wrong);
    }

    [Fact]
    public void Namespaces_equal_folders()
    {
        IEnumerable<string> wrong =
            from file in SourceFile.Product.Concat(SourceFile.Tests)
            where file.Types.Any() && !FilesOfForeignNamespaces.Contains(file.Stem)
            let parts = file.Path.Split('/')
            let expected = $"namespace {string.Join('.', parts[1..^1])};"
            where !file.Lines.Contains(expected)
            select $"{file.Path}: has no line '{expected}'";

        Findings.None(wrong);
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void Rooms_have_a_readme_of_at_most_30_lines(string room)
    {
        string readme = Repository.PathOf($"{room}/README.md");
        Assert.True(File.Exists(readme), $"{room}/README.md is missing: what the room is, what it may import, how to add one.");
        Assert.InRange(File.ReadAllLines(readme).Length, 3, MostReadmeLines);
    }

    [Fact]
    public void Files_and_types_have_no_empty_names()
    {
        string[] empty = ["Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Common", "Manager", "Misc"];
        Findings.None(SourceFile.Product.Concat(SourceFile.Tests).Where(f => empty.Any(word => f.Stem.EndsWith(word, StringComparison.Ordinal))).Select(f => f.Path));
    }

    private static string? RoomFolder(SourceFile file)
    {
        string[] parts = file.Path.Split('/');
        return file.Room is null ? null : string.Join('/', parts[1] == "CheckpointBuild" ? parts[..3] : parts[..2]);
    }
}

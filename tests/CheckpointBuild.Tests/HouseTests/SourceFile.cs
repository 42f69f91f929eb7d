using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using CheckpointBuild.Tests.Infrastructure;

namespace CheckpointBuild.Tests.HouseTests;

/// <summary>One C# file of the product, read as text.</summary>
/// <param name="Path">Relative to the checkout, with '/'.</param>
/// <param name="Lines">Its lines.</param>
internal sealed partial record SourceFile(string Path, IReadOnlyList<string> Lines)
{
    /// <summary>Every file of the product.</summary>
    public static IReadOnlyList<SourceFile> Product { get; } = Read("src");

    /// <summary>Every file of the tests.</summary>
    public static IReadOnlyList<SourceFile> Tests { get; } = Read("tests");

    /// <summary>Its room, or null where it lies in none.</summary>
    public string? Room => Layers.RoomOf(Path);

    /// <summary>The name that its type must have: <c>Gguf</c> for <c>Gguf.Reading.cs</c>.</summary>
    public string Stem => System.IO.Path.GetFileName(Path).Split('.')[0];

    /// <summary>The types that it declares outside any other: names, in order.</summary>
    public IEnumerable<string> Types => Lines.Select(line => TypeDeclaration().Match(line)).Where(m => m.Success).Select(m => m.Groups["name"].Value);

    /// <summary>The rooms that its <c>using</c> lines import, with the lines.</summary>
    public IEnumerable<(string Room, string Line)> Imports => Lines
        .Select(line => (Match: Import().Match(line), Line: line.Trim()))
        .Where(import => import.Match.Success)
        .Select(import => (import.Match.Groups["room"].Value, import.Line));

    /// <summary>Its text.</summary>
    public string Text => string.Join('\n', Lines);

    private static List<SourceFile> Read(string folder) => [.. Repository.Files(folder, "*.cs").Select(path => new SourceFile(path, File.ReadAllLines(Repository.PathOf(path))))];

    // With file-scoped namespaces a type that stands outside any other begins its line.
    [GeneratedRegex(@"^(?:(?:public|internal|file|static|sealed|abstract|partial|readonly|ref|unsafe)\s+)*(?:record\s+struct|record\s+class|class|struct|record|interface|enum|delegate\s+\S+)\s+(?<name>\w+)")]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex(@"^\s*(?:global\s+)?using\s+(?:static\s+)?(?:\w+\s*=\s*)?(?:global::)?CheckpointBuild\.(?<room>\w+)")]
    private static partial Regex Import();
}

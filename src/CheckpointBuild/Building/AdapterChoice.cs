using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Building;

/// <summary>An adapter that a recipe asks for: <c>PATH</c> or <c>PATH@weight</c>.</summary>
/// <param name="Path">The full path of its folder or weights file; <c>hf:org/name</c> or <c>nuget:Id</c> until it is fetched.</param>
/// <param name="Weight">What its low-rank changes are multiplied by; finite.</param>
public sealed record AdapterChoice(string Path, double Weight)
{
    private const char WeightMark = '@';
    private const string EscapedMark = "%40";
    private static readonly string[] Names = ["hf:", "nuget:"];

    /// <summary>Whether it is named and has to be fetched before it can be opened.</summary>
    public bool IsNamed => Names.Any(n => Path.StartsWith(n, StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads a list.</summary>
    /// <param name="list">Adapters separated by <c>;</c>.</param>
    /// <returns>The adapters in order.</returns>
    /// <exception cref="CheckpointException">CKPT9060 when a piece has no path or a weight that is no number.</exception>
    public static ImmutableArray<AdapterChoice> ParseList(string list)
    {
        ArgumentNullException.ThrowIfNull(list);
        return [.. list.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Parse)];
    }

    /// <summary>Writes <c>PATH</c>, or <c>PATH@weight</c> where the weight is not 1.</summary>
    /// <returns>A text that <see cref="ParseList"/> reads as the same.</returns>
    public override string ToString()
    {
        string path = WeightAt(Path) is { } mark ? string.Concat(Path.AsSpan(0, mark), EscapedMark, Path.AsSpan(mark + 1)) : Path;
        return Weight == 1 ? path : string.Create(CultureInfo.InvariantCulture, $"{path}{WeightMark}{Weight:R}");
    }

    private static AdapterChoice Parse(string text)
    {
        int? mark = WeightAt(text);
        double weight = mark is { } at ? double.Parse(text.AsSpan(at + 1), NumberStyles.Float, CultureInfo.InvariantCulture) : 1;
        string path = (mark is { } end ? text[..end] : text).Replace(EscapedMark, "@", StringComparison.Ordinal);
        return path.Length > 0 && double.IsFinite(weight) && !path.Contains('\0', StringComparison.Ordinal)
            ? new AdapterChoice(path, weight) is { IsNamed: true } named ? named : new AdapterChoice(System.IO.Path.GetFullPath(path), weight)
            : throw Errors.AdapterChoiceWrong(text);
    }

    // A mark with nothing but a number behind it.
    private static int? WeightAt(string text) =>
        text.LastIndexOf(WeightMark) is > 0 and var at && double.TryParse(text.AsSpan(at + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? at : null;
}

using System;
using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Quantization;

/// <summary>A dtype for tensors whose names hold a pattern: <c>ffn_down=q6_k</c>.</summary>
/// <param name="Pattern">A regular expression that is looked for anywhere in the name, lower case.</param>
/// <param name="DType">Their dtype.</param>
public sealed record TensorTypeRule(string Pattern, DType DType)
{
    // A pattern is the user's own; a second is more than a thousand names need.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // A choice of types for every tensor has a pattern for each, asked about each name.
    private static readonly ConcurrentDictionary<string, Regex> Made = new(StringComparer.Ordinal);

    /// <summary>Whether a name holds the pattern.</summary>
    /// <param name="name">A tensor's name.</param>
    /// <returns>True when it does.</returns>
    /// <exception cref="CheckpointException">CKPT9001: the pattern backtracks without end.</exception>
    public bool Matches(string name)
    {
        try
        {
            return Made.GetOrAdd(Pattern, pattern => new Regex(pattern, RegexOptions.ECMAScript, Patience)).IsMatch(name);
        }
        catch (RegexMatchTimeoutException)
        {
            throw Errors.UnknownOptionValue("tensor-types", ToString(), "GGUF", ["a pattern that is found or not found at once, without repetitions of repetitions"]);
        }
    }

    /// <summary>Writes <c>ffn_down=q6_k</c>.</summary>
    /// <returns>Pattern and dtype.</returns>
    public override string ToString() => $"{Pattern}={DType.LongName}";
}

using System;
using System.Collections.Generic;
using System.Text.RegularExpressions;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.Mapping;

/// <summary>What a mapping does to the tensors whose names match a pattern, before they are matched with roles.</summary>
/// <param name="pattern">A regular expression without look-around and back-references.</param>
internal abstract class MappingStep(string pattern)
{
    /// <summary>The pattern; it takes linear time on any name.</summary>
    protected Regex Pattern { get; } = Compile(pattern);

    /// <summary>Takes the step.</summary>
    /// <param name="tensors">The named tensors, in order.</param>
    /// <param name="config">The model.</param>
    /// <param name="file">Where they come from, for messages.</param>
    /// <param name="problems">Receives what was left out.</param>
    /// <returns>The tensors after it.</returns>
    public abstract IReadOnlyList<Tensor> Apply(IReadOnlyList<Tensor> tensors, ModelConfig config, string file, ICollection<Diagnostic> problems);

    private static Regex Compile(string pattern)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw Errors.MappingPatternWrong(pattern, e);
        }
    }
}

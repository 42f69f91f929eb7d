using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Quantization;

/// <summary>How much each input channel of each weight matrix matters: the mean of its squared activations over a text.</summary>
/// <param name="file">What the file is called, as products record it.</param>
/// <param name="entries">[matrices · columns] means by tensor name; an expert that no token reached holds ones.</param>
public sealed class ImportanceMatrix(string file, IReadOnlyDictionary<string, float[]> entries)
{
    /// <summary>What the file is called.</summary>
    public string File { get; } = file;

    /// <summary>What text the numbers come from; null = not known.</summary>
    public string? Dataset { get; init; }

    /// <summary>How many chunks of text; 0 = not known.</summary>
    public int Chunks { get; init; }

    /// <summary>The names of all tensors in it.</summary>
    public IEnumerable<string> Names => entries.Keys;

    /// <summary>How many tensors it has.</summary>
    public int Count => entries.Count;

    /// <summary>The same without the tensors that do not count, as <c>llama-quantize</c> cuts it.</summary>
    /// <param name="included">Parts of names: only tensors that hold one of them stay; none = all.</param>
    /// <param name="excluded">Parts of names: tensors that hold one of them go.</param>
    /// <returns>A matrix that records the same file.</returns>
    /// <exception cref="CheckpointException">CKPT3094 when nothing is left.</exception>
    internal ImportanceMatrix Of(ImmutableArray<string> included, ImmutableArray<string> excluded)
    {
        if (included.IsEmpty && excluded.IsEmpty)
        {
            return this;
        }

        Dictionary<string, float[]> kept = entries.Where(e => (included.IsEmpty || Holds(e.Key, included)) && !Holds(e.Key, excluded)).ToDictionary(e => e.Key, e => e.Value, StringComparer.Ordinal);
        return kept.Count > 0 ? new ImportanceMatrix(File, kept) { Dataset = Dataset, Chunks = Chunks } : throw Errors.NoImportanceLeft(File, [.. included, .. excluded], entries.Keys.FirstOrDefault() ?? "");
    }

    private static bool Holds(string name, ImmutableArray<string> parts) => parts.Any(part => name.Contains(part, StringComparison.Ordinal));

    /// <summary>Finds the numbers of a tensor.</summary>
    /// <param name="name">Its name in a GGUF file.</param>
    /// <param name="values">[matrices · columns] means.</param>
    /// <returns>Whether there are any.</returns>
    public bool TryGet(string name, [NotNullWhen(true)] out float[]? values) => entries.TryGetValue(name, out values);
}

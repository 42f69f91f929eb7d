using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;

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

    /// <summary>Finds the numbers of a tensor.</summary>
    /// <param name="name">Its name in a GGUF file.</param>
    /// <param name="values">[matrices · columns] means.</param>
    /// <returns>Whether there are any.</returns>
    public bool TryGet(string name, [NotNullWhen(true)] out float[]? values) => entries.TryGetValue(name, out values);
}

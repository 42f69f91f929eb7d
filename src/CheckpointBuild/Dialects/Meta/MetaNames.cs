using System;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.Meta;

/// <summary>What Meta's files call each tensor, and along which axis a file of several holds its share.</summary>
internal static class MetaNames
{
    /// <summary>Frequencies that follow from the configuration; Llama 1 and 2 store them.</summary>
    internal const string Frequencies = "rope.freqs";

    /// <summary>The token embedding.</summary>
    internal const string Embedding = "tok_embeddings.weight";

    /// <summary>The output head, which Meta stores also where it is the embedding.</summary>
    internal const string Output = "output.weight";

    private const string Layer = "layers.{layer}.";

    // Meta's kernels turn neighbours; Hugging Face's, and so the canonical arrangement, turn halves.
    private static readonly TensorLayout Turned = new() { InterleavedHeadRows = c => c.HeadDimension };

    /// <summary>The names as a map that reads both ways, in the order in which Meta's files list them.</summary>
    internal static TensorNaming Naming { get; } = new(
    [
        new(RoleKind.TokenEmbedding, "tok_embeddings"),
        new(RoleKind.FinalNorm, "norm"),
        new(RoleKind.Output, "output"),
        new(RoleKind.Query, Layer + "attention.wq") { Layout = Turned },
        new(RoleKind.Key, Layer + "attention.wk") { Layout = Turned },
        new(RoleKind.Value, Layer + "attention.wv"),
        new(RoleKind.AttentionOutput, Layer + "attention.wo"),
        new(RoleKind.Gate, Layer + "feed_forward.w1"),
        new(RoleKind.Up, Layer + "feed_forward.w3"),
        new(RoleKind.Down, Layer + "feed_forward.w2"),
        new(RoleKind.AttentionNorm, Layer + "attention_norm"),
        new(RoleKind.FeedForwardNorm, Layer + "ffn_norm"),
    ]);

    /// <summary>The axis along which a tensor is split over files.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Rows, columns, or neither where every file holds all of it; null for a name that is not known. The embedding's axis is the files' own choice.</returns>
    internal static MetaAxis? AxisOf(string name) => name switch
    {
        Embedding => MetaAxis.RowsOrColumns,
        Output => MetaAxis.Rows,
        "norm.weight" or Frequencies => MetaAxis.None,
        _ when EndsWithAny(name, ".attention.wk.weight", ".attention.wv.weight") => MetaAxis.KeyRows,
        _ when EndsWithAny(name, ".attention.wq.weight", ".feed_forward.w1.weight", ".feed_forward.w3.weight") => MetaAxis.Rows,
        _ when EndsWithAny(name, ".attention.wo.weight", ".feed_forward.w2.weight") => MetaAxis.Columns,
        _ when EndsWithAny(name, ".attention_norm.weight", ".ffn_norm.weight") => MetaAxis.None,
        _ => null,
    };

    /// <summary>The tensors in the order in which Meta's files list them: ends first, then layer by layer.</summary>
    /// <param name="config">The model.</param>
    /// <returns>Tensors in order.</returns>
    internal static IEnumerable<StoredTensor> InOrder(ModelConfig config) =>
        Naming.TensorsOf(config).Select((tensor, place) => (tensor, place)).OrderBy(t => t.tensor.Roles[0].Layer).ThenBy(t => t.place).Select(t => t.tensor);

    private static bool EndsWithAny(string name, params ReadOnlySpan<string> endings)
    {
        foreach (string ending in endings)
        {
            if (name.EndsWith(ending, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}

using System;
using System.Linq;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <summary>What the tensors of a GGUF file say of the model's sizes: where a key says something else, as the reference converter's do for some architectures, the tensors count.</summary>
/// <param name="VocabularySize">Rows of the token embedding; 1 where there is none, which the mapping then says.</param>
/// <param name="FeedForwardSize">Width of the feed-forward block, or null where no layer has a plain one.</param>
/// <param name="IsTied">Whether there is no output head.</param>
internal sealed record GgufTensorSizes(int VocabularySize, int? FeedForwardSize, bool IsTied)
{
    /// <summary>Looks at a file's tensors.</summary>
    /// <param name="tensors">The tensors.</param>
    /// <returns>The sizes.</returns>
    public static GgufTensorSizes Of(TensorTable tensors) => new(
        checked((int)(tensors.TryGet(GgufNames.TokenEmbedding, out Tensor? embedding) ? embedding.Rows : 1)),
        tensors.FirstOrDefault(t => t.Name.StartsWith("blk.", StringComparison.Ordinal) && t.Name.EndsWith(".ffn_down.weight", StringComparison.Ordinal)) is { } down ? down.Columns : null,
        !tensors.TryGet(GgufNames.Output, out _));
}

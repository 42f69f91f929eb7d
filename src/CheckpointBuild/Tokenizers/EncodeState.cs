using System.Collections.Generic;
using CheckpointBuild.Tokenizers.Merging;

namespace CheckpointBuild.Tokenizers;

/// <summary>What one call of <see cref="Tokenizer.Encode"/> writes to: the ids so far, and working memory that grows as needed.</summary>
internal sealed class EncodeState
{
    /// <summary>The ids so far.</summary>
    internal List<int> Ids { get; } = [];

    /// <summary>Working memory of byte-pair encoding.</summary>
    internal PairMerger Merger { get; } = new();
}

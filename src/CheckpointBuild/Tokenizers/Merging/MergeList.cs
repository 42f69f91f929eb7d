using System.Collections.Immutable;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tokenizers.Merging;

/// <summary>A list of merges as a table of token ids.</summary>
internal static class MergeList
{
    /// <summary>Makes the table.</summary>
    /// <param name="vocabulary">The tokens.</param>
    /// <param name="algorithm">The merges, earliest first.</param>
    /// <returns>The table; a pair's rank is its place in the list.</returns>
    /// <exception cref="CheckpointException">CKPT2106 where a merge joins what is no token, or to none.</exception>
    internal static PairTable ToTable(Vocabulary vocabulary, TokenizerAlgorithm.BytePairs algorithm)
    {
        ImmutableArray<Merge> merges = algorithm.Merges;
        int skipped = algorithm.ContinuingPrefix?.Length ?? 0;
        var table = new PairTable(merges.Length);
        for (int rank = 0; rank < merges.Length; rank++)
        {
            Merge merge = merges[rank];
            int left = vocabulary.IdOf(merge.Left);
            int right = vocabulary.IdOf(merge.Right);
            int joined = merge.Right.Length < skipped ? Vocabulary.None : vocabulary.IdOf(merge.Left + merge.Right[skipped..]);
            if (left < 0 || right < 0 || joined < 0)
            {
                throw Errors.MergeUnknown("tokenizer", rank, merge.Left, merge.Right);
            }

            table.Add(left, right, rank, joined);
        }

        return table;
    }
}

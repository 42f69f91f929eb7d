using System;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Tokenizers.Splitting;

namespace CheckpointBuild.Tokenizers;

/// <summary>Whether a list of merges reaches the whole vocabulary.</summary>
internal static class MergeReach
{
    /// <summary>Whether merging the characters of each token gives that token, so that taking whole tokens at once changes no id.</summary>
    /// <param name="model">A tokenizer with merges.</param>
    /// <returns>True when it does. Added tokens are never merged and do not count.</returns>
    internal static bool CoversEveryToken(TokenizerModel model)
    {
        var vocabulary = new Vocabulary(model.Tokens);
        var encoder = new CharacterPairEncoder(vocabulary, (TokenizerAlgorithm.BytePairs)model.Algorithm with { IgnoresMerges = false });
        var added = new HashSet<string>(model.AddedTokens.Select(t => t.Content), StringComparer.Ordinal);
        var state = new EncodeState();
        for (int id = 0; id < model.Tokens.Length; id++)
        {
            if (model.Tokens[id] is not { Length: > 0 } text || added.Contains(text))
            {
                continue;
            }

            state.Ids.Clear();
            encoder.Split(text, PiecePlace.Inside, state);
            if (state.Ids is not [int only] || only != id)
            {
                return false;
            }
        }

        return true;
    }
}

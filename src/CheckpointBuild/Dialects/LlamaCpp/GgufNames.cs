using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <summary>What llama.cpp calls each role, the same in all architectures.</summary>
internal static class GgufNames
{
    /// <summary>What rotary frequencies are divided by, [head dimension / 2]; no role, because it follows from the configuration.</summary>
    internal const string RopeFrequencies = "rope_freqs.weight";

    private static readonly Dictionary<RoleKind, string> Patterns = new()
    {
        [RoleKind.TokenEmbedding] = "token_embd",
        [RoleKind.FinalNorm] = "output_norm",
        [RoleKind.Output] = "output",
        [RoleKind.AttentionNorm] = "blk.{layer}.attn_norm",
        [RoleKind.Query] = "blk.{layer}.attn_q",
        [RoleKind.Key] = "blk.{layer}.attn_k",
        [RoleKind.Value] = "blk.{layer}.attn_v",
        [RoleKind.AttentionOutput] = "blk.{layer}.attn_output",
        [RoleKind.FeedForwardNorm] = "blk.{layer}.ffn_norm",
        [RoleKind.Gate] = "blk.{layer}.ffn_gate",
        [RoleKind.Up] = "blk.{layer}.ffn_up",
        [RoleKind.Down] = "blk.{layer}.ffn_down",
    };

    private static readonly Dictionary<string, RoleKind> Kinds = Patterns.ToDictionary(p => p.Value, p => p.Key, StringComparer.Ordinal);

    /// <summary>The name of a role.</summary>
    /// <param name="role">The role.</param>
    /// <returns>For instance <c>blk.3.attn_q.weight</c>.</returns>
    public static string Of(TensorRole role) =>
        Patterns[role.Kind].Replace("{layer}", role.Layer.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal) + (role.Part == TensorPart.Bias ? ".bias" : ".weight");

    /// <summary>The role of a name.</summary>
    /// <param name="name">For instance <c>blk.3.attn_q.weight</c>.</param>
    /// <returns>The role, or null where no role is called so.</returns>
    public static TensorRole? RoleOf(string name)
    {
        (string stem, TensorPart? part) = name switch
        {
            _ when name.EndsWith(".weight", StringComparison.Ordinal) => (name[..^".weight".Length], TensorPart.Weight),
            _ when name.EndsWith(".bias", StringComparison.Ordinal) => (name[..^".bias".Length], TensorPart.Bias),
            _ => (name, (TensorPart?)null),
        };

        int layer = TensorRole.NoLayer;
        if (stem.StartsWith("blk.", StringComparison.Ordinal))
        {
            int end = stem.IndexOf('.', 4);
            if (end < 0 || !int.TryParse(stem.AsSpan(4, end - 4), NumberStyles.None, CultureInfo.InvariantCulture, out layer))
            {
                return null;
            }

            stem = "blk.{layer}" + stem[end..];
        }

        return part is { } known && Kinds.TryGetValue(stem, out RoleKind kind) ? new TensorRole(kind, layer, known) : null;
    }
}

using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.Torchtune;

/// <summary>What torchtune calls the tensors of the families that it trains, and how it arranges them: matrices apart that Hugging Face's files fuse, rotary neighbours where its kernels turn them.</summary>
internal static class TorchtuneNames
{
    /// <summary>The token embedding, by which its files are known.</summary>
    internal const string Embedding = "tok_embeddings.weight";

    private const string Layer = "layers.{layer}.";
    private const string Scale = ".scale";

    // torchtune's attention turns neighbours; the weights of these families were trained so, or are turned when they are loaded. Qwen's and Phi's keep Hugging Face's halves.
    private static readonly TensorLayout Turned = new() { InterleavedHeadRows = c => c.HeadDimension };

    private static readonly FrozenDictionary<string, TensorNaming> ByArchitecture = new Dictionary<string, TensorNaming>(StringComparer.Ordinal)
    {
        ["LlamaForCausalLM"] = new(Common(Turned, Norms)),
        ["MistralForCausalLM"] = new(Common(Turned, Norms)),
        ["GemmaForCausalLM"] = new(Common(Turned, Norms)),
        ["Gemma2ForCausalLM"] = new(Common(Turned, NormsOfGemma2)),
        ["Phi3ForCausalLM"] = new(Common(TensorLayout.Plain, Norms)),
        ["Qwen2ForCausalLM"] = new(Common(TensorLayout.Plain, Norms)),
        ["Qwen3ForCausalLM"] = new(Common(TensorLayout.Plain, [.. Norms, Norm(RoleKind.QueryNorm, Layer + "attn.q_norm"), Norm(RoleKind.KeyNorm, Layer + "attn.k_norm")])),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The architectures that torchtune trains and that are known here.</summary>
    internal static IEnumerable<string> Architectures => ByArchitecture.Keys.Order(StringComparer.Ordinal);

    private static ImmutableArray<NameRule> Norms =>
    [
        Norm(RoleKind.AttentionNorm, Layer + "sa_norm"),
        Norm(RoleKind.FeedForwardNorm, Layer + "mlp_norm"),
        Norm(RoleKind.FinalNorm, "norm"),
    ];

    // The norm before the feed-forward block is called a scale here and the one behind it a norm: as release 0.6.1 has them.
    private static ImmutableArray<NameRule> NormsOfGemma2 =>
    [
        Norm(RoleKind.AttentionNorm, Layer + "sa_norm"),
        Norm(RoleKind.AttentionOutputNorm, Layer + "sa_scale"),
        Norm(RoleKind.FeedForwardNorm, Layer + "mlp_scale"),
        Norm(RoleKind.FeedForwardOutputNorm, Layer + "mlp_norm"),
        Norm(RoleKind.FinalNorm, "norm.rms_norm"),
    ];

    /// <summary>The names of a family's tensors.</summary>
    /// <param name="family">The family.</param>
    /// <returns>A map that reads both ways, or null where torchtune does not train the family.</returns>
    internal static TensorNaming? Of(ModelFamily family) => ByArchitecture.GetValueOrDefault(family.Architecture);

    /// <summary>The names as a list of namings, as adapters have them.</summary>
    /// <param name="family">The family.</param>
    /// <returns>One naming; none where torchtune does not train the family.</returns>
    internal static IReadOnlyList<TensorNaming> AllOf(ModelFamily family) => Of(family) is { } naming ? [naming] : [];

    private static ImmutableArray<NameRule> Common(TensorLayout turned, ImmutableArray<NameRule> norms) =>
    [
        new(RoleKind.TokenEmbedding, "tok_embeddings"),
        new(RoleKind.Output, "output"),
        new(RoleKind.Query, Layer + "attn.q_proj") { Layout = turned },
        new(RoleKind.Key, Layer + "attn.k_proj") { Layout = turned },
        new(RoleKind.Value, Layer + "attn.v_proj"),
        new(RoleKind.AttentionOutput, Layer + "attn.output_proj"),
        new(RoleKind.Gate, Layer + "mlp.w1"),
        new(RoleKind.Down, Layer + "mlp.w2"),
        new(RoleKind.Up, Layer + "mlp.w3"),
        .. norms,
    ];

    private static NameRule Norm(RoleKind kind, string pattern) => new(kind, pattern) { WeightSuffix = Scale };
}

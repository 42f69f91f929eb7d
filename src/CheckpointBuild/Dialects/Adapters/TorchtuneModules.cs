using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.Adapters;

/// <summary>What torchtune calls the modules that its adapters change, and how it arranges their rows: projections always apart, and the rows of queries and keys interleaved in the families whose kernels turn neighbours.</summary>
internal static class TorchtuneModules
{
    private const string Layer = "layers.{layer}.";

    // Families whose weights torchtune's converters permute; Qwen's and Phi's they leave alone.
    private static readonly string[] Interleaved = ["llama", "mistral", "gemma", "gemma2"];

    private static readonly (RoleKind Kind, string Module)[] Modules =
    [
        (RoleKind.Query, Layer + "attn.q_proj"), (RoleKind.Key, Layer + "attn.k_proj"), (RoleKind.Value, Layer + "attn.v_proj"), (RoleKind.AttentionOutput, Layer + "attn.output_proj"),
        (RoleKind.Gate, Layer + "mlp.w1"), (RoleKind.Down, Layer + "mlp.w2"), (RoleKind.Up, Layer + "mlp.w3"),
        (RoleKind.Output, "output"), (RoleKind.TokenEmbedding, "tok_embeddings"),
    ];

    /// <summary>The modules of a family.</summary>
    /// <param name="family">The family.</param>
    /// <returns>One naming.</returns>
    public static IReadOnlyList<TensorNaming> NamingsOf(ModelFamily family)
    {
        bool turns = Interleaved.Contains(family.ModelType);
        return [new TensorNaming([.. Modules.Select(m => new NameRule(m.Kind, m.Module) { Layout = turns && (m.Kind is RoleKind.Query or RoleKind.Key) ? Neighbours : TensorLayout.Plain })])];
    }

    private static TensorLayout Neighbours { get; } = new() { InterleavedHeadRows = c => c.HeadDimension };
}

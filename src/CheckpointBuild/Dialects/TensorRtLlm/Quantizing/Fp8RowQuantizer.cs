using System.Collections.Generic;
using System.Collections.Immutable;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.TensorRtLlm.Quantizing;

/// <summary>Eight-bit floats with one scale a row; activations get theirs token by token, held within bounds that stand beside the modules.</summary>
/// <param name="options">What is asked for.</param>
/// <param name="layerCount">Layers of the model.</param>
internal sealed class Fp8RowQuantizer(TensorRtLlmOptions options, int layerCount) : RankQuantizer
{
    private const float Bound = 1200;

    /// <inheritdoc/>
    /// <remarks>The source's own numbers count, not their rounding to the checkpoint's dtype.</remarks>
    public override DType WorksIn => DType.F32;

    /// <inheritdoc/>
    public override bool Concerns(RankRule rule, int layer) => rule.IsLinear
        && (!options.Quantization.UsesMetaRecipe || (layer > 0 && layer < layerCount - 1 && rule.Kinds[0] is not (RoleKind.Query or RoleKind.AttentionOutput)));

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Linear(RankCut cut, RankRule rule, ImmutableArray<Tensor> weights, string module)
    {
        Tensor share = cut.Share(rule, weights, TensorPart.Weight, module);
        yield return Renamed.Of(new Fp8RowCodes(share), module + ".weight");
        yield return Renamed.Of(Reshaped.Of(new Fp8RowScales(share), new Shape(share.Rows)), module + ".per_channel_scale");
        (string? block, string norm) = rule.Kinds[0] switch
        {
            RoleKind.Query => ("attention", "input_layernorm"),
            RoleKind.Gate => ("mlp", "post_layernorm"),
            _ => (null, ""),
        };
        if (block is not null)
        {
            string layer = module[..(module.IndexOf($".{block}.", System.StringComparison.Ordinal) + 1)];
            yield return new Computed($"{layer}{block}.clamp_val", [-Bound, Bound], "bounds of activations");
            yield return new Computed($"{layer}{norm}.clamp_val", [-Bound, Bound], "bounds of activations");
        }
    }
}

using System.Collections.Generic;
using System.Linq;
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
    private float Bound => (float)options.ActivationBound;

    /// <inheritdoc/>
    /// <remarks>The source's own numbers count, not their rounding to the checkpoint's dtype; what it has in such floats stays as it is.</remarks>
    public override Tensor Prepare(Tensor tensor, DType dtype, OverflowRule overflow) => tensor;

    /// <inheritdoc/>
    public override bool Concerns(RankRule rule, int layer, TensorPart part) => base.Concerns(rule, layer, part)
        && (!options.Quantization.UsesMetaRecipe || (layer > 0 && layer < layerCount - 1 && rule.Kinds[0] is not (RoleKind.Query or RoleKind.AttentionOutput)));

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors(RankModule module)
    {
        bool isRowScaled = module.Parts.All(p => p is ScaledFloat8 { Scale: var s } && s.Shape.ElementCount == p.Rows);
        Tensor share = isRowScaled ? (module with { Parts = [.. module.Parts.Select(p => ((ScaledFloat8)p).Codes)] }).Share : (module with { Parts = [.. module.Parts.Select(p => Converted.Of(p, DType.F32))] }).Share;
        Tensor scales = isRowScaled
            ? module.Cut.Share(module.Rule, [.. module.Parts.Select(p => Reshaped.Of(Converted.Of(((ScaledFloat8)p).Scale, DType.F32), new Shape(p.Rows)))], TensorPart.Bias, module.Name)
            : Reshaped.Of(new Fp8RowScales(share), new Shape(share.Rows));
        yield return Renamed.Of(isRowScaled ? share : new Fp8RowCodes(share), module.Name + ".weight");
        yield return Renamed.Of(scales, module.Name + ".per_channel_scale");
        (string? block, string norm) = module.Rule.Kinds[0] switch
        {
            RoleKind.Query => ("attention", "input_layernorm"),
            RoleKind.Gate => ("mlp", "post_layernorm"),
            _ => (null, ""),
        };
        if (block is not null)
        {
            yield return new Computed($"{module.LayerName}{block}.clamp_val", [-Bound, Bound], "bounds of activations");
            yield return new Computed($"{module.LayerName}{norm}.clamp_val", [-Bound, Bound], "bounds of activations");
        }
    }
}

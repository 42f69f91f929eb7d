using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.TensorRtLlm.Quantizing;

/// <summary>Eight-bit floats with one scale for weights and one for activations, out of a source that has both; what is joined gets the largest scale of its parts.</summary>
/// <param name="fields">What is written.</param>
/// <param name="takesPlainWeights">Whether the reference writes float weights and scales of 1 where the source has none.</param>
internal sealed class Fp8Quantizer(ConverterFields fields, bool takesPlainWeights) : RankQuantizer
{
    /// <inheritdoc/>
    public override bool GivesCacheScales => true;

    /// <inheritdoc/>
    public override Tensor Prepare(Tensor tensor, DType dtype, OverflowRule overflow) => tensor;

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors(RankModule module) =>
        takesPlainWeights && fields.Options.FollowsReference && !module.Parts.Any(p => p is ScaledFloat8) ? Placeholders(module) : Scaled(module);

    private IEnumerable<Tensor> Placeholders(RankModule module)
    {
        yield return (module with { Parts = [.. module.Parts.Select(p => Converted.Of(p, fields.DType))] }).Share;
        yield return new Computed(module.Name + ".weights_scaling_factor", [1f], "a placeholder");
        yield return new Computed(module.Name + ".activation_scaling_factor", [1f], "a placeholder");
    }

    private IEnumerable<Tensor> Scaled(RankModule module)
    {
        ImmutableArray<ScaledFloat8> parts = [.. module.Parts.Select(p => p as ScaledFloat8 ?? throw Errors.NoFloat8Scales(module.Name, p.Name, "weight_scale"))];
        ImmutableArray<Tensor> inputs = [.. parts.Select(p => p.InputScale ?? throw Errors.NoFloat8Scales(module.Name, p.Name, "input_scale"))];
        if (parts.Any(p => p.Scale.Shape.ElementCount != 1))
        {
            throw Errors.NoFloat8Scales(module.Name, parts[0].Name, "weight_scale of one number");
        }

        var scale = new LargestNumber([.. parts.Select(p => Number(p.Scale))]);
        ImmutableArray<Tensor> codes = parts.Length == 1 ? [parts[0].Codes] : [.. parts.Select(p => new Fp8Rescaled(p, scale))];
        yield return (module with { Parts = codes }).Share;
        yield return Renamed.Of(scale, module.Name + ".weights_scaling_factor");
        yield return Renamed.Of(new LargestNumber([.. inputs.Select(Number)]), module.Name + ".activation_scaling_factor");
        if (module.Rule.Kinds[0] == RoleKind.Query && fields.Options.Quantization.KvCache == KvCacheAlgo.Fp8)
        {
            ImmutableArray<Tensor> cache = [.. parts.Select(p => p.CacheScale).OfType<Tensor>().Select(Number)];
            string name = module.LayerName + "attention.kv_cache_scaling_factor";
            yield return cache.IsEmpty ? new Computed(name, [1f], "scale of the cache") : Renamed.Of(new LargestNumber(cache), name);
        }
    }

    private static Tensor Number(Tensor scale) => Reshaped.Of(Converted.Of(scale, DType.F32), new Shape(1));
}

using System;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Dialects.TensorRtLlm.Grouped;
using CheckpointBuild.Dialects.TensorRtLlm.Quantizing;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.TensorRtLlm.Exported;

/// <summary>Eight-bit floats out of float weights, as ModelOpt's export lays them out: one scale for the weights of matrices with the same inputs, one for the inputs, and those of an FP8 cache.</summary>
/// <param name="fields">What is written.</param>
/// <param name="statistics">What activations there are.</param>
internal sealed class Fp8Exporter(ConverterFields fields, CalibrationStatistics statistics) : RankQuantizer
{
    // Keys are turned in pairs of numbers after they were measured: each can grow by this much.
    private const float Turned = 1.4142135f;

    private readonly Dictionary<(RoleKind First, int Layer), LargestNumber> _scales = [];

    /// <inheritdoc/>
    public override bool KeepsRotaryTables => false;

    /// <inheritdoc/>
    public override bool GivesCacheScales => true;

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors(RankModule module)
    {
        RoleKind first = SharedInputs.Kinds(fields.Checkpoint, module.Rule.Kinds[0], module.Layer)[0];
        var shared = new SharedInputs(fields, statistics, first, module.Layer);
        LargestNumber scale = ScaleOf(first, module.Layer, shared);
        yield return (module with { Parts = [.. module.Parts.Select(p => (Tensor)new Fp8Rescaled(Converted.Of(p, DType.F32), scale))] }).Share;
        yield return Renamed.Of(scale, module.Name + ".weights_scaling_factor");
        yield return new Computed(module.Name + ".activation_scaling_factor", [ScaleOf(shared.Largest.Max())], "scale of inputs");
        if (first == RoleKind.Query && fields.Options.Quantization.KvCache == KvCacheAlgo.Fp8)
        {
            float keys = MathF.Max(1, shared.LargestOutput(RoleKind.Key) * (fields.Config.Rope is null ? 1 : Turned) / Float8.Largest), values = MathF.Max(1, shared.LargestOutput(RoleKind.Value) / Float8.Largest);
            yield return new Computed(module.LayerName + "attention.kv_cache_scaling_factor", [MathF.Max(keys, values)], "scale of the cache");
            yield return new Computed(module.LayerName + "attention.k_cache_scaling_factor", [keys], "scale of keys");
            yield return new Computed(module.LayerName + "attention.v_cache_scaling_factor", [values], "scale of values");
        }
    }

    private static float ScaleOf(float largest) => largest == 0 ? 1 : largest / Float8.Largest;

    // Of the weights as the checkpoint's dtype has them.
    private LargestNumber ScaleOf(RoleKind first, int layer, SharedInputs shared)
    {
        if (!_scales.TryGetValue((first, layer), out LargestNumber? scale))
        {
            scale = new LargestNumber([.. shared.Matrices.Select(m => (Tensor)new MatrixBound(Converted.Of(m, fields.DType)))]);
            _scales.Add((first, layer), scale);
        }

        return scale;
    }
}

using System;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects;

/// <summary>Rotary frequencies that older files keep beside the weights: <c>rotary_emb.inv_freq</c>, [dimensions / 2] radians per position.</summary>
internal static class RotaryBuffer
{
    // What a file of 16-bit floats may be off: bfloat16 has 8 bits, and the smallest frequencies are below float16's normal numbers.
    private const float RelativeTolerance = 1f / 128, AbsoluteTolerance = 1e-7f;

    /// <summary>Whether a tensor is such a buffer.</summary>
    /// <param name="tensor">A tensor.</param>
    /// <returns>True by its name.</returns>
    public static bool IsOne(Tensor tensor) => tensor.Name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal);

    /// <summary>Whether its numbers are those that a configuration gives, before or after its scaling; of rules that change with the text's length nothing is asked.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="stored">The buffer.</param>
    /// <returns>False when some number is another.</returns>
    public static bool Follows(ModelConfig config, Tensor stored)
    {
        if (config.Rope is not { } rope || rope.Scaling is not (RopeScalingKind.None or RopeScalingKind.Linear or RopeScalingKind.Llama3))
        {
            return true;
        }

        float[] plain = [.. Enumerable.Range(0, rope.Dimensions / 2).Select(rope.Frequency)];
        if (!stored.DType.HasValues || stored.Shape.ElementCount != plain.Length)
        {
            return false;
        }

        using var workspace = new Workspace();
        using Band band = Converted.Of(stored, DType.F32, OverflowRule.Infinity).ReadBand(new RowRange(0, (int)stored.Rows), workspace);
        ReadOnlySpan<float> found = MemoryMarshal.Cast<byte, float>(band.Codes);
        ImmutableArray<float> factors = rope.FrequencyFactors();
        return AreNear(found, plain) || AreNear(found, [.. plain.Select((f, i) => f / (factors.IsEmpty ? (float)rope.Factor : factors[i]))]);
    }

    private static bool AreNear(ReadOnlySpan<float> found, float[] needed)
    {
        for (int i = 0; i < needed.Length; i++)
        {
            if (!(Math.Abs(found[i] - needed[i]) <= (needed[i] * RelativeTolerance) + AbsoluteTolerance))
            {
                return false;
            }
        }

        return true;
    }
}

using System;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tests.Laws;

namespace CheckpointBuild.Tests.Golden.Gguf;

/// <summary>The weights of the synthetic models, as the golden data's description defines them.</summary>
internal static class FormulaWeights
{
    /// <summary>Computes one tensor's bytes.</summary>
    /// <param name="number">The tensor's number in its source, from 0.</param>
    /// <param name="name">Its name.</param>
    /// <param name="dtype">Its dtype.</param>
    /// <param name="shape">Its shape.</param>
    /// <returns>Its bytes.</returns>
    public static byte[] Of(int number, string name, DType dtype, Shape shape)
    {
        float[] values = new float[shape.ElementCount];
        float offset = name.EndsWith("norm.weight", StringComparison.Ordinal) ? 1 : 0;
        for (int i = 0; i < values.Length; i++)
        {
            float x = Uniform(number, i + 1);
            values[i] = (x * x * x * 0.25f) + offset;
        }

        return DTypeRows.Encode(dtype, values, (int)shape.Columns).Bytes;
    }

    private static float Uniform(int number, int element)
    {
        unchecked
        {
            ulong z = ((ulong)number << 40) + ((ulong)element * 0x9E3779B97F4A7C15);
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            z ^= z >> 31;
            return ((z >> 40) * (1f / (1 << 23))) - 1;
        }
    }
}

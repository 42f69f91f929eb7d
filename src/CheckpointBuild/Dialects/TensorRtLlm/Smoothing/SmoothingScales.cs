using System;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.TensorRtLlm.Smoothing;

/// <summary>What inputs are divided by and columns multiplied by (SmoothQuant, arXiv:2211.10438): <c>x^alpha / w^(1-alpha)</c>, in double.</summary>
/// <param name="Magnitudes">The largest magnitude of each column, w.</param>
/// <param name="Activations">The largest magnitude of each input, x.</param>
/// <param name="Alpha">How much of the inputs' range goes into the weights.</param>
internal sealed record SmoothingScales(ColumnMagnitudes Magnitudes, ImmutableArray<float> Activations, double Alpha) : Tensor(Magnitudes.Name, DType.F64, Magnitudes.Shape)
{
    private const double Least = 1e-5;

    /// <inheritdoc/>
    public override string Derivation => $"smoothing({Alpha}, {Magnitudes.Derivation})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => [Magnitudes];

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        using Band band = Magnitudes.ReadBand(new RowRange(0, 1), workspace);
        ReadOnlySpan<float> weights = MemoryMarshal.Cast<byte, float>(band.Codes);
        Span<double> scales = MemoryMarshal.Cast<byte, double>(destination.Codes);
        for (int i = 0; i < scales.Length; i++)
        {
            scales[i] = Math.Max(Least, Power(Activations[i], Alpha) / Power(Math.Max(Least, weights[i]), 1 - Alpha));
        }
    }

    // The reference's library takes the root where the exponent is a half.
    private static double Power(double value, double exponent) => exponent == 0.5 ? Math.Sqrt(value) : Math.Pow(value, exponent);
}

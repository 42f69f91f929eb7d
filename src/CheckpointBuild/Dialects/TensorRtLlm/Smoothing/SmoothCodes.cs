using System;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.TensorRtLlm.Smoothing;

/// <summary>A matrix of 16-bit floats as eight-bit integers within ±127, with one scale a row or one in all.</summary>
/// <param name="Source">The matrix [out, in], smoothed.</param>
/// <param name="Weights">Its scales.</param>
/// <param name="Rounding">How a number is scaled.</param>
internal sealed record SmoothCodes(Tensor Source, WeightScales Weights, SmoothRounding Rounding) : Tensor(Source.Name, DType.I8, Source.Shape)
{
    private const float Most = 127;

    /// <inheritdoc/>
    public override string Derivation => $"int8({Source.Derivation})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => [Source, Weights];

    /// <inheritdoc/>
    public override bool KeepsResidents => true;

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ReadOnlySpan<float> scales = MemoryMarshal.Cast<byte, float>(workspace.Resident(Weights));
        using Band band = Source.ReadBand(rows, workspace);
        using Band decoded = workspace.Lend(checked(rows.Count * Columns * sizeof(float)));
        Span<float> values = MemoryMarshal.Cast<byte, float>(decoded.Codes)[..(rows.Count * Columns)];
        Source.DType.Decode(band.Planes, Columns, values);
        if (Rounding == SmoothRounding.RoundedProduct)
        {
            Multiply(values, scales[0], band.Codes);
        }

        Span<sbyte> codes = MemoryMarshal.Cast<byte, sbyte>(destination.Codes);
        for (int i = 0; i < rows.Count; i++)
        {
            float scale = scales[scales.Length == 1 ? 0 : checked((int)(rows.Start + i))];
            float inverse = (float)(Half)(1 / scale);
            for (int column = i * Columns; column < (i + 1) * Columns; column++)
            {
                float value = values[column];
                float scaled = Rounding switch
                {
                    SmoothRounding.Product => value * scale,
                    SmoothRounding.RoundedProduct => value,
                    _ => (float)(Half)(value / inverse),
                };
                codes[column] = (sbyte)Math.Clamp(MathF.Round(scaled, MidpointRounding.ToEven), -Most, Most);
            }
        }
    }

    // The product is rounded to the weights' own dtype, whatever that is.
    private void Multiply(Span<float> values, float scale, Span<byte> scratch)
    {
        System.Numerics.Tensors.TensorPrimitives.Multiply(values, scale, values);
        Source.DType.Encode(values, Columns, new Planes(scratch));
        Source.DType.Decode(new Planes(scratch), Columns, values);
    }
}

using System;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.TensorRtLlm.Exported;

/// <summary>What eight-bit codes mean: code times the row's scale times the input's scale, float32.</summary>
/// <param name="Codes">Codes, int8 [out, in].</param>
/// <param name="Scales">Scales of rows, float32 [out].</param>
/// <param name="Inputs">Scales of inputs, [in].</param>
internal sealed record Int8Floats(Tensor Codes, Tensor Scales, Tensor Inputs) : Tensor(Codes.Name, DType.F32, Codes.Shape)
{
    /// <inheritdoc/>
    public override string Derivation => $"floats({Codes.Derivation})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => [Codes, Scales, Inputs];

    /// <inheritdoc/>
    public override bool KeepsResidents => true;

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        int columns = Columns;
        float[] inputs = new float[columns];
        Inputs.DType.Decode(new Planes(workspace.Resident(Inputs).ToArray()), columns, inputs);
        ReadOnlySpan<float> scales = MemoryMarshal.Cast<byte, float>(workspace.Resident(Scales));
        Span<float> values = MemoryMarshal.Cast<byte, float>(destination.Codes);
        using Band band = Codes.ReadBand(rows, workspace);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (sbyte)band.Codes[i] * scales[(int)rows.Start + (i / columns)] * inputs[i % columns];
        }
    }
}

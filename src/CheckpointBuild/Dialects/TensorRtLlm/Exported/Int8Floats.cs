using System;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.TensorRtLlm.Exported;

/// <summary>What eight-bit codes mean: code times the row's scale, and times or divided by the input's scale, float32.</summary>
/// <param name="Codes">Codes, int8 [out, in].</param>
/// <param name="Scales">What is multiplied to the row's scale: each one number, or one a row.</param>
internal sealed record Int8Floats(Tensor Codes, ImmutableArray<Tensor> Scales) : Tensor(Codes.Name, DType.F32, Codes.Shape)
{
    /// <summary>What each column is multiplied by, [in]; null = nothing.</summary>
    public Tensor? Factors { get; init; }

    /// <summary>What each column is divided by, [in]; null = nothing.</summary>
    public Tensor? Divisors { get; init; }

    /// <inheritdoc/>
    public override string Derivation => $"floats({Codes.Derivation})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => [Codes, .. Scales, .. new[] { Factors, Divisors }.OfType<Tensor>()];

    /// <inheritdoc/>
    public override bool KeepsResidents => true;

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        int columns = Columns;
        float[] inputs = Numbers(Factors, workspace) ?? [.. Enumerable.Repeat(1f, columns)];
        float[]? divisors = Numbers(Divisors, workspace);
        Span<float> values = MemoryMarshal.Cast<byte, float>(destination.Codes);
        using Band band = Codes.ReadBand(rows, workspace);
        for (int i = 0; i < rows.Count; i++)
        {
            float scale = 1;
            foreach (Tensor one in Scales)
            {
                ReadOnlySpan<float> numbers = MemoryMarshal.Cast<byte, float>(workspace.Resident(one));
                scale *= numbers[numbers.Length == 1 ? 0 : (int)rows.Start + i];
            }

            for (int column = 0; column < columns; column++)
            {
                float value = (sbyte)band.Codes[(i * columns) + column] * scale * inputs[column];
                values[(i * columns) + column] = divisors is null ? value : value / divisors[column];
            }
        }
    }

    /// <inheritdoc/>
    public bool Equals(Int8Floats? other) => base.Equals(other) && Codes == other.Codes && Scales.SequenceEqual(other.Scales) && Factors == other.Factors && Divisors == other.Divisors;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Codes, Scales.Length);

    private static float[]? Numbers(Tensor? tensor, Workspace workspace)
    {
        if (tensor is null)
        {
            return null;
        }

        float[] numbers = new float[tensor.Shape.ElementCount];
        tensor.DType.Decode(new Planes(workspace.Resident(tensor).ToArray()), numbers.Length, numbers);
        return numbers;
    }
}

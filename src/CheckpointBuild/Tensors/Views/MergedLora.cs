using System;
using System.Collections.Immutable;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Tensors.Views;

/// <summary>A matrix with a low-rank change added, W + s · (B A), in the rounding order of the tool that trained it; with a magnitude each row is brought to that length (DoRA). Keeps A in memory, reads W and B row by row.</summary>
/// <param name="Base">W, [rows, columns]; a float dtype, which the result has too.</param>
/// <param name="A">[rank, columns]; kept in memory as float32 while the tensor is evaluated.</param>
/// <param name="B">[rows, rank].</param>
/// <param name="Scale">s: alpha / rank or alpha / √rank, times the adapter's weight, computed in double and rounded once.</param>
public sealed record MergedLora(Tensor Base, Tensor A, Tensor B, float Scale) : Tensor(Base.Name, Base.DType, Base.Shape)
{
    // 64 KiB of float32 at most, so that a few rows stay in the second-level cache through all steps; at least one row.
    private const int ChunkValues = 16384;

    /// <summary>Where numbers are rounded on the way.</summary>
    public LoraRounding Rounding { get; init; }

    /// <summary>The dtype of the adapter's numbers in memory: float32, whatever its file holds, is PEFT's default.</summary>
    public DType FactorDType { get; init; } = DType.F32;

    /// <summary>The length that each row gets, [rows, 1]; null = rows keep the length of the sum.</summary>
    public Tensor? Magnitude { get; init; }

    /// <inheritdoc/>
    public override string Derivation => $"{(Magnitude is null ? "lora" : "dora")}({Base.Derivation}, {B.Derivation} × {A.Derivation})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => Magnitude is null ? [Base, A, B] : [Base, A, B, Magnitude];

    /// <inheritdoc/>
    public override bool KeepsResidents => true;

    private int Rank => checked((int)A.Rows);

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ReadOnlySpan<float> right = MemoryMarshal.Cast<byte, float>(workspace.Resident(InMemory(A)));
        using Band matrix = Base.ReadBand(rows, workspace);
        using Band left = InMemory(B).ReadBand(rows, workspace);
        using Band? lengths = Magnitude is null ? null : InMemory(Magnitude).ReadBand(rows, workspace);
        Span<float> b = MemoryMarshal.Cast<byte, float>(left.Codes);
        if (Rounding == LoraRounding.Torchtune)
        {
            TensorPrimitives.Multiply(b, Scale, b);
            Round(b, FactorDType, workspace);
        }

        int step = Math.Max(1, ChunkValues / Math.Max(1, Columns));
        using Band scratch = workspace.Lend(checked(2 * step * Columns * sizeof(float)));
        Span<float> all = MemoryMarshal.Cast<byte, float>(scratch.Codes);
        for (int row = 0; row < rows.Count; row += step)
        {
            int count = Math.Min(step, rows.Count - row);
            Span<float> values = all[..(count * Columns)];
            Span<float> change = all.Slice(count * Columns, count * Columns);
            Base.DType.Decode(new Planes(RowsOf(matrix.Codes, row, count)), Columns, values);
            LoraProduct.Multiply(b.Slice(row * Rank, count * Rank), right, Rank, change);
            RoundChange(change, workspace);
            AddTo(values, change, lengths is null ? default : MemoryMarshal.Cast<byte, float>(lengths.Codes).Slice(row, count), workspace);
            Check(values, rows.Start + row);
            DType.Encode(values, Columns, new Planes(RowsOf(destination.Codes, row, count)));
        }
    }

    // As float32, through the dtype that the adapter's numbers have in memory.
    private Tensor InMemory(Tensor factor) => Converted.Of(Converted.Of(factor, FactorDType), DType.F32);

    private Span<byte> RowsOf(Span<byte> bytes, int row, int count) => bytes.Slice(checked((int)PlaneBytes(0, row)), checked((int)PlaneBytes(0, count)));

    private void RoundChange(Span<float> change, Workspace workspace)
    {
        if (Rounding != LoraRounding.Torchtune)
        {
            TensorPrimitives.Multiply(change, Scale, change);
        }

        Round(change, FactorDType, workspace);
        if (Rounding == LoraRounding.PeftSafe)
        {
            Round(change, DType, workspace);
        }
    }

    private void AddTo(Span<float> values, ReadOnlySpan<float> change, ReadOnlySpan<float> lengths, Workspace workspace)
    {
        if (Magnitude is null)
        {
            TensorPrimitives.Add(values, change, values);
            return;
        }

        // PEFT computes in 16 bits only where matrix and adapter both are; torchtune always in the adapter's dtype.
        DType steps = Rounding == LoraRounding.Torchtune || DType == FactorDType ? FactorDType : DType.F32;
        Round(values, steps, workspace);
        TensorPrimitives.Add(values, change, values);
        Round(values, steps, workspace);
        Span<float> factor = stackalloc float[1];
        for (int row = 0; row < lengths.Length; row++)
        {
            Span<float> one = values.Slice(row * Columns, Columns);
            factor[0] = LengthOf(one);
            Round(factor, steps, workspace);
            factor[0] = lengths[row] / factor[0];
            Round(factor, steps, workspace);
            TensorPrimitives.Multiply(one, factor[0], one);
        }

        if (Rounding == LoraRounding.Torchtune)
        {
            Round(values, steps, workspace);
        }
    }

    // Eight sums in double, column i into sum i mod 8: the order is fixed, whatever the processor.
    private static float LengthOf(ReadOnlySpan<float> row)
    {
        Span<double> sums = stackalloc double[8];
        sums.Clear();
        for (int i = 0; i < row.Length; i++)
        {
            sums[i & 7] += (double)row[i] * row[i];
        }

        return (float)Math.Sqrt(((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7])));
    }

    private static void Round(Span<float> values, DType dtype, Workspace workspace)
    {
        if (dtype == DType.F32)
        {
            return;
        }

        using Band codes = workspace.Lend(checked(values.Length * dtype.BlockBytes));
        dtype.Encode(values, values.Length, codes.Planes);
        dtype.Decode(codes.Planes, values.Length, values);
    }

    // A factor that is not finite spoils whole rows and columns; a sum beyond the dtype's range would become infinity.
    private void Check(ReadOnlySpan<float> values, long firstRow)
    {
        uint limit = DType == DType.F16 ? Views.Magnitude.BeyondFloat16 : DType == DType.BF16 ? Views.Magnitude.BeyondBFloat16 : Views.Magnitude.Infinity;
        if (Views.Magnitude.Largest(values) < limit)
        {
            return;
        }

        for (int i = 0; i < values.Length; i++)
        {
            if (Views.Magnitude.Of(values[i]) >= limit)
            {
                (long row, long column) = Math.DivRem(i, Columns);
                throw Errors.MergedNotFinite(Name, values[i], firstRow + row, column, DType.LongName);
            }
        }
    }
}

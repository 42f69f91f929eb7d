using System;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Tensors.Views;

/// <summary>The same numbers in another dtype: cast, quantize and dequantize are this one view. Goes through float32, a few rows or blocks at a time.</summary>
/// <remarks>
/// What the target would hide is refused by tensor and place: a NaN or infinity that a quantized dtype has no code for, and a finite number or scale that would become infinite
/// (<paramref name="Overflow"/> says otherwise where the reference's own bytes are wanted).
/// </remarks>
/// <param name="Source">The numbers.</param>
/// <param name="DType">The dtype wanted; rows fit its blocks.</param>
/// <param name="Overflow">What happens to finite numbers that the target cannot hold.</param>
public sealed record Converted(Tensor Source, DType DType, OverflowRule Overflow = OverflowRule.Refuse) : Tensor(Source.Name, DType, Source.Shape)
{
    /// <summary>How much each column counts where scales are searched; null = not known.</summary>
    public ColumnWeights? Importance { get; init; }

    /// <summary>Writes the bytes in the dtype's place: a form of it that writes something else, or tells of what it meets; null = the dtype itself.</summary>
    internal DType? Encoder { get; init; }

    // 16 KiB of float32: the chunk stays in the first-level cache between decoding and encoding.
    private const int ChunkValues = 4096;

    /// <inheritdoc/>
    public override string Derivation => Importance is not null && DType.UsesImportance ? $"cast({DType} by importance, {Source.Derivation})" : $"cast({DType}, {Source.Derivation})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => [Source];

    /// <summary>Gives <paramref name="source"/> in <paramref name="dtype"/>; itself where it already is.</summary>
    /// <param name="source">The numbers.</param>
    /// <param name="dtype">The dtype wanted.</param>
    /// <param name="overflow">What happens to finite numbers that the target cannot hold.</param>
    /// <returns>The same numbers in that dtype.</returns>
    public static Tensor Of(Tensor source, DType dtype, OverflowRule overflow = OverflowRule.Refuse) =>
        source.DType == dtype ? source
        : source.DType.HasValues && dtype.HasValues ? new Converted(source, dtype, overflow)
        : throw Errors.NoValues(source.Name, source.DType.LongName, dtype.LongName);

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        using Band band = Source.ReadBand(rows, workspace);
        CheckScales(Source.DType, band.Planes, rows, "holds");

        if (Importance is { } importance && DType.UsesImportance)
        {
            ConvertWeighted(importance, band.Planes, rows, destination, workspace);
        }
        else if (DType.PlaneCount == 1 && Source.DType.PlaneCount == 1)
        {
            ConvertChunks(band.Codes, rows, destination.Codes, workspace);
        }
        else
        {
            ConvertRows(band.Planes, rows, destination, workspace);
        }

        if (DType.IsQuantized && Overflow == OverflowRule.Refuse)
        {
            CheckScales(DType, destination, rows, "would need");
        }
    }

    // One plane on both sides: the band is one long line of blocks, cut into chunks that are whole blocks of both dtypes.
    private void ConvertChunks(Span<byte> source, RowRange rows, Span<byte> destination, Workspace workspace)
    {
        using Band scratch = workspace.Lend(ChunkValues * sizeof(float));
        Span<float> values = MemoryMarshal.Cast<byte, float>(scratch.Codes);
        long total = (long)rows.Count * Columns;
        for (long done = 0; done < total;)
        {
            int count = (int)Math.Min(ChunkValues, total - done);
            Span<float> chunk = values[..count];
            Decode(new Planes(Slice(source, Source.DType, done, count)), count, chunk, rows, done);
            Span<byte> target = Slice(destination, DType, done, count);
            (Encoder ?? DType).Encode(chunk, count, new Planes(target));
            done += count;
        }
    }

    private void ConvertRows(Planes source, RowRange rows, Planes destination, Workspace workspace)
    {
        using Band scratch = workspace.Lend(checked(rows.Count * Columns * sizeof(float)));
        Span<float> values = MemoryMarshal.Cast<byte, float>(scratch.Codes);
        Decode(source, Columns, values, rows, 0);
        (Encoder ?? DType).Encode(values, Columns, destination);
    }

    // Whole rows, as many as a chunk has and as share their importance: some weights look at a whole row.
    private void ConvertWeighted(ColumnWeights importance, Planes source, RowRange rows, Planes destination, Workspace workspace)
    {
        int most = Math.Max(1, ChunkValues / Columns);
        using Band scratch = workspace.Lend(checked(Math.Min(most, rows.Count) * Columns * sizeof(float)));
        for (int done = 0; done < rows.Count;)
        {
            long row = rows.Start + done;
            int count = (int)Math.Min(Math.Min(most, rows.Count - done), importance.RowsAlike(row));
            Span<float> values = MemoryMarshal.Cast<byte, float>(scratch.Codes)[..(count * Columns)];
            Decode(RowsOf(source, Source.DType, done, count), Columns, values, rows, (long)done * Columns);
            (Encoder ?? DType).EncodeWeighted(values, importance.OfRow(row), Columns, RowsOf(destination, DType, done, count));
            done += count;
        }
    }

    private Planes RowsOf(Planes planes, DType dtype, int first, int count)
    {
        return new Planes(Of(planes.Codes, 0), dtype.PlaneCount > 1 ? Of(planes.Scales, 1) : default, dtype.PlaneCount > 2 ? Of(planes.ZeroPoints, 2) : default);

        Span<byte> Of(Span<byte> plane, int index)
        {
            int bytes = checked((int)dtype.RowBytes(index, Columns));
            return plane.Slice(first * bytes, count * bytes);
        }
    }

    private static Span<byte> Slice(Span<byte> bytes, DType dtype, long from, int count) =>
        bytes.Slice(checked((int)(from / dtype.BlockLength * dtype.BlockBytes)), count / dtype.BlockLength * dtype.BlockBytes);

    private void Decode(Planes source, int columns, Span<float> values, RowRange rows, long done)
    {
        Source.DType.Decode(source, columns, values);
        if (Source.DType == DType.F64)
        {
            CheckDoubles(MemoryMarshal.Cast<byte, double>(source.Codes), values, rows, done);
        }

        Check(values, rows, done);
    }

    // What float32 cannot hold was decoded as its largest number.
    private void CheckDoubles(ReadOnlySpan<double> doubles, Span<float> values, RowRange rows, long done)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (double.IsFinite(doubles[i]) && float.IsInfinity((float)doubles[i]))
            {
                (long row, long column) = Math.DivRem((rows.Start * Columns) + done + i, Columns);
                values[i] = Overflow == OverflowRule.Refuse ? throw Errors.BeyondRange(Name, doubles[i], row, column, DType.LongName)
                    : DType.IsQuantized ? values[i]
                    : (float)doubles[i];
            }
        }
    }

    private void Check(ReadOnlySpan<float> values, RowRange rows, long done)
    {
        if (Magnitude.Largest(values) < Limit)
        {
            return;
        }

        for (int i = 0; i < values.Length; i++)
        {
            float value = values[i];
            bool overflows = Overflow == OverflowRule.Refuse && float.IsFinite(value) && Magnitude.Of(value) >= Limit;
            if (overflows || (DType.IsQuantized && !float.IsFinite(value)))
            {
                (long row, long column) = Math.DivRem((rows.Start * Columns) + done + i, Columns);
                throw overflows ? Errors.BeyondRange(Name, value, row, column, DType.LongName) : Errors.NotFinite(Name, value, row, column, DType.LongName);
            }
        }
    }

    // The smallest magnitude that may be a fault; what lies below is never looked at one by one.
    private uint Limit => DType.IsQuantized ? Magnitude.Infinity
        : Overflow == OverflowRule.Infinity ? uint.MaxValue
        : DType == DType.F16 ? Magnitude.BeyondFloat16
        : DType == DType.BF16 ? Magnitude.BeyondBFloat16
        : uint.MaxValue;

    private void CheckScales(DType dtype, Planes planes, RowRange rows, string verb)
    {
        long broken = dtype.IsQuantized ? dtype.FindBrokenScale(planes, Columns) : -1;
        if (broken >= 0)
        {
            (long row, long column) = Math.DivRem((rows.Start * Columns) + broken, Columns);
            throw Errors.BrokenScale(Name, row, column, dtype.LongName, verb);
        }
    }
}

using System;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.InteropServices;
using CheckpointBuild.Dialects.TensorRtLlm;
using CheckpointBuild.Dialects.TensorRtLlm.Quantizing;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using CheckpointBuild.Tests.Infrastructure;

namespace CheckpointBuild.Tests.Laws;

/// <summary>Every kind of view over small matrices, alone and one upon the other. Whoever adds a view or a row map adds a case; a law looks.</summary>
internal static class ViewCases
{
    // Two columns of blocks of 32, and heads of 6 rows: no number here divides another by accident.
    private const int Columns = 64;
    private const int HeadRows = 6;
    private const int Heads = 5;
    private const int Rows = Heads * HeadRows;
    private const int HeadBytes = HeadRows * Columns * sizeof(ushort);

    private static readonly float[] Numbers = Weights(1, Rows * Columns);
    private static readonly float[] OtherNumbers = Weights(2, 7 * Columns);

    private static readonly Tensor Matrix = Store("matrix", DType.BF16, Numbers, Rows, Columns);
    private static readonly Tensor Other = Store("other", DType.BF16, OtherNumbers, 7, Columns);
    private static readonly byte[] MatrixBytes = Encode(DType.BF16, Numbers);
    private static readonly byte[] OtherBytes = Encode(DType.BF16, OtherNumbers);

    private static readonly Stored Storage = new("storage", DType.BF16, new Shape(Rows * Columns), new ArraySource(MatrixBytes), 0);

    /// <summary>The cases.</summary>
    public static ImmutableArray<ViewCase> All { get; } =
    [
        new("stored", Matrix, MatrixBytes),
        new("stored, in blocks", Store("blocks", DType.Q8_0, Numbers, Rows, Columns), Encode(DType.Q8_0, Numbers)),
        new("stored, without rows", new Stored("nothing", DType.F32, new Shape(0, Columns), new ArraySource([]), 0), []),
        new("row slice", new SelectedRows(Matrix, new RowSlice(4, 11)), PickRows(11, r => r + 4)),
        new("row slice of a slice", new SelectedRows(new SelectedRows(Matrix, new RowSlice(3, 20)), new RowSlice(2, 9)), PickRows(9, r => r + 5)),
        new("interleaved halves", new SelectedRows(Matrix, new InterleavedHalves(Rows, HeadRows)), PickRows(Rows, Interleaved)),
        new("split halves", new SelectedRows(Matrix, new SplitHalves(Rows, HeadRows)), PickRows(Rows, Split)),
        new("halves interleaved, then sliced", new SelectedRows(new SelectedRows(Matrix, new InterleavedHalves(Rows, HeadRows)), new RowSlice(5, 14)), PickRows(14, r => Interleaved(r + 5))),
        new("columns in interleaved halves", new SelectedColumns(Store("bias", DType.F32, Numbers[..Rows], Rows), new InterleavedHalves(Rows, HeadRows)), Encode(DType.F32, [.. Enumerable.Range(0, Rows).Select(r => Numbers[Interleaved(r)])])),
        new("column slice of every row", new SelectedColumns(Matrix, new RowSlice(10, 21)), PickColumns(21, c => c + 10)),
        new("joined rows", new JoinedRows("joined", [Matrix, Other, Matrix]), [.. MatrixBytes, .. OtherBytes, .. MatrixBytes]),
        new("joined rows, permuted between", new JoinedRows("joined", [new SelectedRows(Matrix, new SplitHalves(Rows, HeadRows)), Other]), [.. PickRows(Rows, Split), .. OtherBytes]),
        new("shares of groups of rows", new SelectedRows(Matrix, RowShare.Of(Rows, Heads, 2, Heads * 3)), PickRows(Heads * 3, r => (r / 3 * HeadRows) + 2 + (r % 3))),
        new("repeated heads", new SelectedRows(Matrix, new RepeatedRows(2 * Rows, HeadRows, 2)), PickRows(2 * Rows, r => (r / HeadRows / 2 * HeadRows) + (r % HeadRows))),
        new("joined rows in turns", new JoinedRows("joined", [new SelectedRows(Matrix, RowShare.Of(Rows, Heads, 4, Heads * 2)), new SelectedRows(Matrix, RowShare.Of(Rows, Heads, 0, Heads * 4))], Heads), PickRows(Rows, r => (r / HeadRows * HeadRows) + ((r + 4) % HeadRows))),
        new("joined columns", new JoinedColumns("joined", [Matrix, new SelectedColumns(Matrix, new RowSlice(3, 10))]), JoinColumns()),
        new("padded", new Padded(Matrix, Rows + 3, Columns + 5), Pad(3, 5)),
        new("padded, then sliced", new SelectedRows(new Padded(Matrix, Rows + 3, Columns), new RowSlice(Rows - 1, 4)), [.. PickRows(1, _ => Rows - 1), .. new byte[3 * Columns * sizeof(ushort)]]),
        new("weight-only integers", new WeightOnlyCodes(Matrix, 8, KernelOrder.Of(80, false, TensorRtLlmVersion.Default)), WeightOnly.Codes(Decoded(DType.BF16, Numbers), Columns)),
        new("weight-only scales", new WeightOnlyScales(Matrix, 8), Encode(DType.BF16, WeightOnly.Scales(Decoded(DType.BF16, Numbers), Columns))),
        new("float8 scales", new Fp8RowScales(Matrix), Encode(DType.F32, [.. Decoded(DType.BF16, Numbers).Chunk(Columns).Select(row => row.Max(MathF.Abs) / 448)])),
        new("float8 by rows", new Fp8RowCodes(Matrix), [.. Decoded(DType.BF16, Numbers).Chunk(Columns).SelectMany(row => row.Select(v => NearestFloat8(v / (row.Max(MathF.Abs) / 448))))]),
        new("rotary table", new RotaryTable("table", Rows, [1f, 0.25f], RotaryTableOrder.CosineBesideSine), Encode(DType.F32, [.. Enumerable.Range(0, Rows).SelectMany(p => new[] { (float)Math.Cos(p), (float)Math.Sin(p), (float)Math.Cos(p * 0.25f), (float)Math.Sin(p * 0.25f) })])),
        new("transposed", new Transposed(Matrix), Transpose(MatrixBytes, Rows)),
        new("transposed one by one", new Transposed(new Renamed("heads", new Shape(Heads, HeadRows, Columns), Matrix)), [.. Enumerable.Range(0, Heads).SelectMany(h => Transpose(MatrixBytes[(h * HeadBytes)..((h + 1) * HeadBytes)], HeadRows))]),
        new("reshaped into a column", new Reshaped(Store("bias", DType.F32, Numbers[..Rows], Rows), new Shape(Rows, 1)), Encode(DType.F32, Numbers[..Rows])),
        new("reshaped into longer rows", new Reshaped(Matrix, new Shape(Heads, HeadRows * Columns)), MatrixBytes),
        new("added to", new Affine(Matrix, 1), Encode(DType.F32, [.. Decoded(DType.BF16, Numbers).Select(v => v + 1)])),
        new("converted to float32", new Converted(Matrix, DType.F32), Encode(DType.F32, Decoded(DType.BF16, Numbers))),
        new("converted to float16", new Converted(Matrix, DType.F16), Encode(DType.F16, Decoded(DType.BF16, Numbers))),
        new("converted to blocks", new Converted(Matrix, DType.Q8_0), Encode(DType.Q8_0, Decoded(DType.BF16, Numbers))),
        new("converted from blocks", new Converted(Store("blocks", DType.Q8_0, Numbers, Rows, Columns), DType.F32), Encode(DType.F32, Decoded(DType.Q8_0, Numbers))),
        new("converted after a permutation of joined rows", new Converted(new SelectedRows(new JoinedRows("joined", [Matrix, Matrix]), new InterleavedHalves(2 * Rows, HeadRows)), DType.Q8_0), Encode(DType.Q8_0, Decoded(DType.BF16, [.. Permuted(), .. Permuted()]))),
        new("renamed in three dimensions", new Renamed("experts", new Shape(Heads, HeadRows, Columns), Matrix), MatrixBytes),
        new("part of a storage", new StorageView("part", new Shape(11, 21), Storage, (3 * Columns) + 10, [Columns, 1]), PickColumns(21, c => c + 10)[(3 * 21 * sizeof(ushort))..(14 * 21 * sizeof(ushort))]),
        new("storage seen by columns", new StorageView("columns", new Shape(Columns, Rows), Storage, 0, [1, Columns]), Transpose(MatrixBytes, Rows)),
        new("storage seen head by head", new StorageView("heads", new Shape(Heads, HeadRows, Columns), Storage, 0, [HeadRows * Columns, Columns, 1]), MatrixBytes),
        new("bytes turned around", new Mended(Matrix, sizeof(ushort), Mending.TurnBytes), [.. MatrixBytes.Chunk(sizeof(ushort)).SelectMany(pair => pair.Reverse())]),
        new("signs changed", new Mended(Matrix, sizeof(ushort), Mending.ChangeSign), [.. MatrixBytes.Select((b, i) => i % 2 == 1 ? (byte)(b ^ 0x80) : b)]),
        new("side by side", new JoinedColumns("joined", [new SelectedColumns(Matrix, new RowSlice(0, 21)), new SelectedColumns(Matrix, new RowSlice(21, Columns - 21))]), MatrixBytes),
        .. LoraCases.All,
        .. NvidiaViewCases.All,
        .. AwqViewCases.All, .. ExportedViewCases.All,
        new("computed", new Computed("factors", [.. Numbers[..37]], "a law"), Encode(DType.F32, Numbers[..37])),
    ];

    // Output row 2i + j of a head is source row j·half + i.
    private static int Interleaved(int row) => (row / HeadRows * HeadRows) + (row % 2 * (HeadRows / 2)) + (row % HeadRows / 2);

    // Output row j·half + i of a head is source row 2i + j.
    private static int Split(int row) => (row / HeadRows * HeadRows) + (row % HeadRows % (HeadRows / 2) * 2) + (row % HeadRows / (HeadRows / 2));

    // The nearest of the 127 magnitudes; of two as near the one of even bits.
    private static byte NearestFloat8(float value)
    {
        int nearest = Enumerable.Range(0, 127).MinBy(bits => (Math.Abs(Math.Abs((double)value) - Float8.Decode((byte)bits)), bits & 1));
        return (byte)(nearest | (float.IsNegative(value) ? 0x80 : 0));
    }

    private static byte[] JoinColumns()
    {
        byte[] slice = PickColumns(10, c => c + 3);
        return [.. Enumerable.Range(0, Rows).SelectMany(r => PickRows(1, _ => r).Concat(slice[(r * 10 * sizeof(ushort))..((r + 1) * 10 * sizeof(ushort))]))];
    }

    private static byte[] Pad(int rows, int columns) =>
        [.. Enumerable.Range(0, Rows).SelectMany(r => PickRows(1, _ => r).Concat(new byte[columns * sizeof(ushort)])), .. new byte[rows * (Columns + columns) * sizeof(ushort)]];

    private static float[] Permuted() => [.. Enumerable.Range(0, Rows).SelectMany(r => Numbers[(Interleaved(r) * Columns)..((Interleaved(r) + 1) * Columns)])];

    private static byte[] PickRows(int count, Func<int, int> source)
    {
        int bytes = Columns * sizeof(ushort);
        return [.. Enumerable.Range(0, count).SelectMany(r => MatrixBytes[(source(r) * bytes)..((source(r) + 1) * bytes)])];
    }

    private static byte[] PickColumns(int count, Func<int, int> source)
    {
        ReadOnlySpan<ushort> codes = MemoryMarshal.Cast<byte, ushort>(MatrixBytes);
        ushort[] picked = new ushort[Rows * count];
        for (int i = 0; i < picked.Length; i++)
        {
            picked[i] = codes[(i / count * Columns) + source(i % count)];
        }

        return MemoryMarshal.AsBytes(picked.AsSpan()).ToArray();
    }

    private static byte[] Transpose(byte[] bytes, int rows)
    {
        ReadOnlySpan<ushort> codes = MemoryMarshal.Cast<byte, ushort>(bytes);
        ushort[] columns = new ushort[codes.Length];
        for (int i = 0; i < columns.Length; i++)
        {
            columns[i] = codes[(i % rows * Columns) + (i / rows)];
        }

        return MemoryMarshal.AsBytes(columns.AsSpan()).ToArray();
    }

    // The bytes do not begin at the source's first byte: an offset that is forgotten shows.
    private static Stored Store(string name, DType dtype, float[] values, params ReadOnlySpan<long> shape) =>
        new(name, dtype, new Shape(shape), new ArraySource([0xA5, 0x5A, 0xFF, .. Encode(dtype, values)]), 3);

    private static byte[] Encode(DType dtype, float[] values) => DTypeRows.Encode(dtype, values, values.Length).Bytes;

    private static float[] Decoded(DType dtype, float[] values) => DTypeRows.Encode(dtype, values, values.Length).Decode();

    private static float[] Weights(ulong seed, int count)
    {
        var random = new SeededRandom(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextWeight())];
    }
}

using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading.Tasks;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Laws;

/// <summary>What holds for every dtype, whichever instructions the processor has.</summary>
public sealed class DTypeLaws
{
    // A whole number of blocks of every dtype, and rows that no vector width divides evenly into.
    private const int Columns = 256;

    public static TheoryData<string> Every => [.. DType.All.Select(d => d.Name)];

    public static TheoryData<string> WithValues => [.. DType.All.Where(d => d.HasValues).Select(d => d.Name)];

    [Theory]
    [MemberData(nameof(Every))]
    public void TryParse_finds_it_by_both_names_in_any_case(string name)
    {
        DType dtype = Named(name);
        foreach (string spelling in (IEnumerable<string>)[dtype.Name, dtype.Name.ToLowerInvariant(), dtype.LongName, dtype.LongName.ToUpperInvariant()])
        {
            Assert.True(DType.TryParse(spelling, out DType? found), spelling);
            Assert.Same(dtype, found);
        }
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void RowBytes_grows_block_by_block(string name)
    {
        DType dtype = Named(name);
        for (int plane = 0; plane < dtype.PlaneCount; plane++)
        {
            long one = dtype.RowBytes(plane, dtype.BlockLength);
            Assert.Equal(0, dtype.RowBytes(plane, 0));
            Assert.Equal(7 * one, dtype.RowBytes(plane, 7L * dtype.BlockLength));
        }
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void RowBytes_of_a_row_larger_than_any_file_is_refused(string name)
    {
        DType dtype = Named(name);
        if (dtype.BlockBytes > dtype.BlockLength)
        {
            Assert.Throws<OverflowException>(() => dtype.RowBytes(0, long.MaxValue / dtype.BlockLength * dtype.BlockLength));
        }
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void Fits_whole_blocks_alone(string name)
    {
        DType dtype = Named(name);
        Assert.True(dtype.Fits(3L * dtype.BlockLength));
        Assert.Equal(dtype.BlockLength == 1, dtype.Fits((3L * dtype.BlockLength) + 1));
    }

    [Theory]
    [MemberData(nameof(WithValues))]
    public void Encode_moves_no_number_further_than_its_bound(string name)
    {
        DType dtype = Named(name);
        float[] values = HardNumbers.Moderate;

        float[] back = DTypeRows.Encode(dtype, values, Columns).Decode();

        for (int i = 0; i < values.Length; i++)
        {
            int block = i / dtype.BlockLength * dtype.BlockLength;
            float largest = values.AsSpan(block, dtype.BlockLength).ToArray().Max(MathF.Abs);
            float bound = ErrorBound.Of(dtype, values[i], largest) ?? throw new InvalidOperationException($"State in {nameof(ErrorBound)} how far {dtype} may move a number.");
            Assert.True(MathF.Abs(back[i] - values[i]) <= bound, $"{dtype} {i}: {values[i]:G9} came back as {back[i]:G9}, at most {bound:G9} off is right");
        }
    }

    [Theory]
    [MemberData(nameof(WithValues))]
    public void Encode_of_all_rows_equals_encode_block_by_block(string name)
    {
        DType dtype = Named(name);
        float[] values = HardNumbers.All;

        byte[] whole = DTypeRows.Encode(dtype, values, values.Length).Bytes;
        byte[] parts = [.. Enumerable.Range(0, values.Length / dtype.BlockLength)
            .SelectMany(b => DTypeRows.Encode(dtype, values.AsSpan(b * dtype.BlockLength, dtype.BlockLength), dtype.BlockLength).Bytes)];

        Assert.True(dtype.PlaneCount > 1 || whole.AsSpan().SequenceEqual(parts), FirstDifference(whole, parts));
    }

    [Theory]
    [MemberData(nameof(WithValues))]
    public void Decode_of_all_rows_equals_decode_block_by_block(string name)
    {
        DType dtype = Named(name);
        var random = new SeededRandom(7);
        var rows = new DTypeRows(dtype, dtype.BlockLength, 4096);
        for (int plane = 0; plane < dtype.PlaneCount; plane++)
        {
            random.Fill(rows.Planes[plane]);
        }

        float[] whole = rows.Decode();

        float[] part = new float[dtype.BlockLength];
        for (int row = 0; row < 4096; row++)
        {
            dtype.Decode(rows.Slice(row, 1), dtype.BlockLength, part);
            Assert.Equal(Bits(part), Bits(whole.AsSpan(row * dtype.BlockLength, dtype.BlockLength)));
        }
    }

    [Theory]
    [MemberData(nameof(WithValues))]
    public void Encode_in_any_partition_into_bands_gives_the_same_bytes(string name)
    {
        DType dtype = Named(name);
        float[] values = HardNumbers.All;
        int rows = values.Length / Columns;
        byte[] whole = DTypeRows.Encode(dtype, values, Columns).Bytes;
        var random = new SeededRandom(11);

        for (int trial = 0; trial < 8; trial++)
        {
            var bands = new DTypeRows(dtype, Columns, rows);
            Parallel.ForEach(Partition(rows, random), band => dtype.Encode(values.AsSpan(band.From * Columns, band.Count * Columns), Columns, bands.Slice(band.From, band.Count)));
            Assert.True(whole.AsSpan().SequenceEqual(bands.Bytes), FirstDifference(whole, bands.Bytes));
        }
    }

    [Theory]
    [MemberData(nameof(WithValues))]
    public void Encode_of_decoded_numbers_gives_the_same_numbers(string name)
    {
        // Plain floats only: a block's scale is chosen anew, and its own rounding may choose the next one.
        DType dtype = Named(name);
        if (dtype.IsFloatingPoint)
        {
            float[] once = DTypeRows.Encode(dtype, HardNumbers.All, Columns).Decode();
            float[] twice = DTypeRows.Encode(dtype, once, Columns).Decode();
            Assert.Equal(Bits(once), Bits(twice));
        }
    }

    [Fact]
    public void Bytes_are_the_same_on_every_processor()
    {
        IEnumerable<string> lines = DType.All.Where(d => d.HasValues).Select(dtype =>
        {
            DTypeRows rows = DTypeRows.Encode(dtype, HardNumbers.All, Columns);
            return $"{dtype.Name}: encoded {Hash.Of(rows.Bytes)}, decoded {Hash.Of(MemoryMarshal.AsBytes<float>(rows.Decode()))}";
        });

        Verifier.Verify(string.Join('\n', lines));
    }

    private static DType Named(string name) => DType.All.Single(d => d.Name == name);

    private static uint[] Bits(ReadOnlySpan<float> values) => MemoryMarshal.Cast<float, uint>(values).ToArray();

    private static List<(int From, int Count)> Partition(int rows, SeededRandom random)
    {
        var bands = new List<(int, int)>();
        for (int from = 0; from < rows;)
        {
            int count = Math.Min(rows - from, 1 + random.Next(5));
            bands.Add((from, count));
            from += count;
        }

        return bands;
    }

    private static string FirstDifference(byte[] expected, byte[] actual)
    {
        int at = expected.AsSpan().CommonPrefixLength(actual);
        return $"the bytes differ from byte {at} of {expected.Length} ({actual.Length})";
    }
}

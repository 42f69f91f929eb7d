using System;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Tests.Laws;

/// <summary>Rows of a dtype on the ordinary heap, for laws that look at bytes.</summary>
internal sealed class DTypeRows
{
    private readonly byte[][] _planes;

    /// <summary>Makes room for rows.</summary>
    /// <param name="dtype">How they are written.</param>
    /// <param name="columns">Numbers in a row.</param>
    /// <param name="rows">How many.</param>
    public DTypeRows(DType dtype, int columns, int rows)
    {
        DType = dtype;
        Columns = columns;
        _planes = new byte[dtype.PlaneCount][];
        for (int plane = 0; plane < _planes.Length; plane++)
        {
            _planes[plane] = new byte[dtype.RowBytes(plane, columns) * rows];
        }
    }

    /// <summary>How the rows are written.</summary>
    public DType DType { get; }

    /// <summary>Numbers in a row.</summary>
    public int Columns { get; }

    /// <summary>The bytes, plane by plane.</summary>
    public Planes Planes => Slice(0, (int)(_planes[0].Length / Math.Max(1, DType.RowBytes(0, Columns))));

    /// <summary>All planes, one after the other.</summary>
    public byte[] Bytes
    {
        get
        {
            int length = 0;
            foreach (byte[] plane in _planes)
            {
                length += plane.Length;
            }

            byte[] all = new byte[length];
            int at = 0;
            foreach (byte[] plane in _planes)
            {
                plane.CopyTo(all, at);
                at += plane.Length;
            }

            return all;
        }
    }

    /// <summary>Writes numbers as rows.</summary>
    /// <param name="dtype">How.</param>
    /// <param name="values">The numbers, row after row.</param>
    /// <param name="columns">Numbers in a row.</param>
    /// <returns>The rows.</returns>
    public static DTypeRows Encode(DType dtype, ReadOnlySpan<float> values, int columns)
    {
        var rows = new DTypeRows(dtype, columns, values.Length / columns);
        dtype.Encode(values, columns, rows.Planes);
        return rows;
    }

    /// <summary>Writes numbers as rows, with importance.</summary>
    /// <param name="dtype">How.</param>
    /// <param name="values">The numbers, row after row.</param>
    /// <param name="importance">[columns], or empty.</param>
    /// <param name="columns">Numbers in a row.</param>
    /// <returns>The rows.</returns>
    public static DTypeRows Encode(DType dtype, ReadOnlySpan<float> values, ReadOnlySpan<float> importance, int columns)
    {
        var rows = new DTypeRows(dtype, columns, values.Length / columns);
        dtype.EncodeWeighted(values, importance, columns, rows.Planes);
        return rows;
    }

    /// <summary>Reads the numbers of all rows.</summary>
    /// <returns>The numbers, row after row.</returns>
    public float[] Decode()
    {
        float[] values = new float[_planes[0].Length / Math.Max(1, DType.RowBytes(0, Columns)) * Columns];
        DType.Decode(Planes, Columns, values);
        return values;
    }

    /// <summary>Some of the rows.</summary>
    /// <param name="from">The first.</param>
    /// <param name="count">How many.</param>
    /// <returns>Their bytes, plane by plane.</returns>
    public Planes Slice(int from, int count) => new(
        Slice(0, from, count),
        _planes.Length > 1 ? Slice(1, from, count) : default,
        _planes.Length > 2 ? Slice(2, from, count) : default);

    private Span<byte> Slice(int plane, int from, int count)
    {
        int row = (int)DType.RowBytes(plane, Columns);
        return _planes[plane].AsSpan(from * row, count * row);
    }
}

using System;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;
using CheckpointBuild.Runtime.Kernels;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Runtime;

/// <summary>A weight matrix [rows, columns] in memory, in the dtype in which it is stored: one plane after the other, each [rows, row bytes].</summary>
internal sealed unsafe class WeightMatrix : IDisposable
{
    private readonly NativeBuffer _buffer;
    private readonly long[] _planeStarts;

    private WeightMatrix(Tensor tensor)
    {
        Name = tensor.Name;
        DType = tensor.DType;
        Rows = tensor.Rows;
        Columns = tensor.Columns;
        RowBytes = tensor.RowBytes(0);
        Kernel = RowKernel.For(tensor.DType);
        _planeStarts = new long[tensor.DType.PlaneCount];
        long end = 0;
        for (int plane = 0; plane < _planeStarts.Length; plane++)
        {
            _planeStarts[plane] = end;
            end = checked(end + tensor.PlaneBytes(plane, tensor.Rows) + 63) & ~63L;
        }

        _buffer = new NativeBuffer($"tensor '{tensor.Name}' in memory", end);
    }

    /// <summary>The tensor's name.</summary>
    public string Name { get; }

    /// <summary>How the numbers are written down.</summary>
    public DType DType { get; }

    /// <summary>Rows.</summary>
    public long Rows { get; }

    /// <summary>Columns.</summary>
    public int Columns { get; }

    /// <summary>Bytes of a row in plane 0.</summary>
    public long RowBytes { get; }

    /// <summary>What multiplies with the rows.</summary>
    public RowKernel Kernel { get; }

    /// <summary>Reads a tensor into memory, band by band on all threads of a pool.</summary>
    /// <param name="tensor">What to read.</param>
    /// <param name="pool">Whose threads read.</param>
    /// <param name="workspace">Lends memory for the tensor's evaluation.</param>
    /// <returns>The matrix.</returns>
    /// <exception cref="CheckpointException">CKPT5003 when a weight is not finite, CKPT5006 without memory, CKPT5008 for plain storage; 1xxx when a file cannot be read.</exception>
    public static WeightMatrix Load(Tensor tensor, WorkerPool pool, Workspace workspace)
    {
        if (!tensor.DType.HasValues)
        {
            throw Errors.CannotComputeWith(tensor.Name, tensor.DType.LongName);
        }

        var matrix = new WeightMatrix(tensor);
        try
        {
            pool.Run(new LoadingWork(tensor, matrix, workspace));
            return matrix;
        }
        catch
        {
            matrix.Dispose();
            throw;
        }
    }

    /// <summary>Where a row lies in plane 0.</summary>
    /// <param name="row">From 0.</param>
    /// <returns>Its first byte.</returns>
    public byte* RowPointer(long row) => _buffer.Pointer + (row * RowBytes);

    /// <summary>The bytes of some rows.</summary>
    /// <param name="row">The first row.</param>
    /// <param name="count">How many, so that a plane of them fits a span.</param>
    /// <returns>One span a plane.</returns>
    public Planes PlanesOf(long row, int count) => new(Slice(0, row, count), Slice(1, row, count), Slice(2, row, count));

    /// <summary>Gives rows as float32.</summary>
    /// <param name="row">The first row.</param>
    /// <param name="count">How many.</param>
    /// <param name="values">Receives [count, columns].</param>
    public void Decode(long row, int count, Span<float> values) => DType.Decode(PlanesOf(row, count), Columns, values);

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();

    private Span<byte> Slice(int plane, long row, int count)
    {
        if (plane >= _planeStarts.Length)
        {
            return default;
        }

        long bytes = DType.RowBytes(plane, Columns);
        return new Span<byte>(_buffer.Pointer + _planeStarts[plane] + (row * bytes), checked((int)(count * bytes)));
    }
}

using System;
using System.Collections.Immutable;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Tensors;

/// <summary>A named matrix of numbers that can produce any of its rows on demand.</summary>
/// <remarks>A tensor describes; it holds no data and caches nothing. Reading it in any partition of its rows, from any number of threads, gives the same bytes.</remarks>
/// <param name="Name">What it is called where it comes from or goes to.</param>
/// <param name="DType">How its numbers are written down.</param>
/// <param name="Shape">Its dimensions; weights are [out, in].</param>
public abstract record Tensor(string Name, DType DType, Shape Shape)
{
    /// <summary>How many rows there are.</summary>
    public long Rows => Shape.Rows;

    /// <summary>Numbers in a row.</summary>
    public int Columns => checked((int)Shape.Columns);

    /// <summary>How the tensor comes to be, from the stored bytes outwards: <c>cast(float16, rows(interleave 32 × 128, model.safetensors:model.layers.0.self_attn.q_proj.weight))</c>.</summary>
    public abstract string Derivation { get; }

    /// <summary>The tensors that this one is made from; empty for what is stored or computed.</summary>
    public virtual ImmutableArray<Tensor> Sources => [];

    /// <summary>Whether reading rows keeps whole matrices in the workspace, which are worth giving back when the tensor is done.</summary>
    public virtual bool KeepsResidents
    {
        get
        {
            foreach (Tensor source in Sources)
            {
                if (source.KeepsResidents)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Writes rows [rows.Start, rows.Start + rows.Count) in this tensor's dtype, one span per plane.</summary>
    /// <param name="rows">Which rows; within the tensor.</param>
    /// <param name="destination">Receives the rows: exactly <see cref="PlaneBytes(int, long)"/> bytes in each plane.</param>
    /// <param name="workspace">Where memory comes from while one output tensor is evaluated.</param>
    public abstract void Read(RowRange rows, Planes destination, Workspace workspace);

    /// <summary>The bytes of one row in a plane.</summary>
    /// <param name="plane">0 codes, 1 scales, 2 zero points.</param>
    /// <returns>Bytes.</returns>
    public long RowBytes(int plane) => DType.RowBytes(plane, Shape.Columns);

    /// <summary>The bytes of <paramref name="rows"/> rows in a plane.</summary>
    /// <param name="plane">0 codes, 1 scales, 2 zero points.</param>
    /// <param name="rows">How many rows.</param>
    /// <returns>Bytes.</returns>
    /// <exception cref="OverflowException">More than 2^63 - 1 bytes.</exception>
    public long PlaneBytes(int plane, long rows) => checked(RowBytes(plane) * rows);

    /// <summary>The bytes of the whole tensor, all planes together.</summary>
    public long ByteCount
    {
        get
        {
            long bytes = 0;
            for (int plane = 0; plane < DType.PlaneCount; plane++)
            {
                bytes = checked(bytes + PlaneBytes(plane, Rows));
            }

            return bytes;
        }
    }

    /// <summary>Reads rows into memory that the workspace lends.</summary>
    /// <param name="rows">Which rows; within the tensor.</param>
    /// <param name="workspace">Lends the memory.</param>
    /// <returns>The rows; dispose it to give the memory back.</returns>
    public Band ReadBand(RowRange rows, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        Band band = workspace.Lend(this, rows.Count);
        try
        {
            Read(rows, band.Planes, workspace);
            return band;
        }
        catch
        {
            band.Dispose();
            throw;
        }
    }
}

using System;
using CheckpointBuild.Runtime.Kernels;

namespace CheckpointBuild.Runtime;

/// <summary>Numbers on their way through the model: float32 [rows, width], one row a token. Rows start at multiples of 64 bytes; what pads them is zero, and stays so.</summary>
internal sealed unsafe class Activations : IDisposable
{
    private readonly string _what;
    private NativeBuffer _buffer;

    /// <summary>Makes room for one row.</summary>
    /// <param name="what">What the numbers are, for messages.</param>
    /// <param name="width">Numbers of a row.</param>
    public Activations(string what, int width)
    {
        _what = what;
        Width = width;
        Stride = Pad(width);
        Rows = 1;
        _buffer = NativeBuffer.OfZeros(what, Stride);
    }

    /// <summary>How many rows there is room for.</summary>
    public int Rows { get; private set; }

    /// <summary>Numbers of a row.</summary>
    public int Width { get; }

    /// <summary>Numbers from the start of a row to the start of the next: the width rounded up to 16.</summary>
    public int Stride { get; }

    /// <summary>The first number.</summary>
    public float* Pointer => _buffer.Floats;

    /// <summary>The numbers of one row.</summary>
    /// <param name="row">From 0.</param>
    /// <returns>[width] numbers.</returns>
    public Span<float> Row(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows);
        return new Span<float>(Pointer + ((long)row * Stride), Width);
    }

    /// <summary>Makes sure that there is room for some rows; what stood there is lost when it has to grow.</summary>
    /// <param name="rows">How many.</param>
    public void Reserve(int rows)
    {
        if (rows > Rows)
        {
            // Products of several tokens write whole groups of them.
            int groups = (rows + Tile.Tokens - 1) / Tile.Tokens;
            _buffer.Dispose();
            _buffer = NativeBuffer.OfZeros(_what, (long)groups * Tile.Tokens * Stride);
            Rows = groups * Tile.Tokens;
        }
    }

    /// <summary>Rounds a width up to the 16 numbers that one step of a kernel takes.</summary>
    /// <param name="width">Numbers.</param>
    /// <returns>The next multiple of 16.</returns>
    public static int Pad(int width) => checked(width + 15) & ~15;

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();
}

using System;
using CheckpointBuild.Runtime.Kernels;

namespace CheckpointBuild.Runtime.Operations;

/// <summary>Brings tokens into the order in which <see cref="Tile"/> reads them: groups of six, <c>[width / 16, 6, 16]</c>. A band is a group; missing tokens are zero.</summary>
internal sealed unsafe class PackWork : IBandedWork, IDisposable
{
    private float* _input;
    private int _stride;
    private NativeBuffer? _packed;
    private int _tokens;

    /// <inheritdoc/>
    public int BandCount { get; private set; }

    /// <summary>Says what the next run packs.</summary>
    /// <param name="input">[tokens, width].</param>
    /// <param name="tokens">How many rows.</param>
    public void Prepare(Activations input, int tokens)
    {
        _input = input.Pointer;
        _stride = input.Stride;
        _tokens = tokens;
        BandCount = (tokens + Tile.Tokens - 1) / Tile.Tokens;
        long floats = (long)BandCount * Tile.Tokens * input.Stride;
        if (_packed is null || _packed.Length < floats * sizeof(float))
        {
            _packed?.Dispose();
            _packed = NativeBuffer.OfZeros("tokens packed for multiplication", floats);
        }
    }

    /// <summary>A packed group.</summary>
    /// <param name="group">From 0.</param>
    /// <returns>[width / 16, 6, 16].</returns>
    public float* Group(int group) => _packed!.Floats + ((long)group * Tile.Tokens * _stride);

    /// <inheritdoc/>
    public void RunBand(int band, int worker)
    {
        int first = band * Tile.Tokens;
        for (int i = 0; i < Tile.Tokens; i++)
        {
            float* row = first + i < _tokens ? _input + ((long)(first + i) * _stride) : null;
            Pack(row, _stride, Group(band) + (i * Lanes.Count));
        }
    }

    /// <summary>Packs one token's numbers.</summary>
    /// <param name="row">[width], or null for zeros.</param>
    /// <param name="width">A multiple of 16.</param>
    /// <param name="target">Its place in the first step of its group.</param>
    public static void Pack(float* row, int width, float* target)
    {
        for (int column = 0; column < width; column += Lanes.Count, target += Tile.TokenStepFloats)
        {
            var step = new Span<float>(target, Lanes.Count);
            if (row is null)
            {
                step.Clear();
            }
            else
            {
                new ReadOnlySpan<float>(row + column, Lanes.Count).CopyTo(step);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _packed?.Dispose();
}

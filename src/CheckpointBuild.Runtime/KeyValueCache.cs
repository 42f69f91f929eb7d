using System;
using System.Collections.Generic;
using CheckpointBuild.Runtime.Kernels;

namespace CheckpointBuild.Runtime;

/// <summary>Keys and values of the positions seen so far, float32. Grows by blocks of 256 positions, so that nothing is ever moved.</summary>
/// <remarks>
/// A block holds, for each layer, the keys of every head as tiles of four positions (<c>[64, dimension / 16, 4, 16]</c>: what <see cref="Tile"/> multiplies with) and the values of every head as rows
/// (<c>[256, dimension]</c>). Keys and values may differ in dimension; both are padded to 16 with zeros. What was never written is zero.
/// </remarks>
internal sealed unsafe class KeyValueCache : IDisposable
{
    /// <summary>Positions of a block.</summary>
    public const int BlockPositions = 256;

    private readonly List<NativeBuffer> _blocks = [];
    private readonly int _heads;
    private readonly int _layers;
    private readonly int _keyDimension;
    private readonly int _valueDimension;
    private readonly int _paddedKey;
    private readonly int _paddedValue;
    private readonly long _layerFloats;

    /// <summary>Makes an empty cache.</summary>
    /// <param name="layers">Layers that are kept at once; a layer takes the place of the one so many before it.</param>
    /// <param name="heads">Key/value heads of a layer.</param>
    /// <param name="keyDimension">Dimensions of a key.</param>
    /// <param name="valueDimension">Dimensions of a value.</param>
    public KeyValueCache(int layers, int heads, int keyDimension, int valueDimension)
    {
        _layers = layers;
        _heads = heads;
        _keyDimension = keyDimension;
        _valueDimension = valueDimension;
        _paddedKey = Activations.Pad(keyDimension);
        _paddedValue = Activations.Pad(valueDimension);
        _layerFloats = checked((long)heads * BlockPositions * (_paddedKey + _paddedValue));
    }

    /// <summary>Positions that there is room for.</summary>
    public int Capacity => _blocks.Count * BlockPositions;

    /// <summary>Makes room for positions.</summary>
    /// <param name="positions">How many in all.</param>
    /// <exception cref="Diagnostics.CheckpointException">CKPT5006 without memory.</exception>
    public void Reserve(int positions)
    {
        while (Capacity < positions)
        {
            _blocks.Add(NativeBuffer.OfZeros("256 more positions of context", checked(_layers * _layerFloats)));
        }
    }

    /// <summary>Stores keys and values of one position.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="position">The position; there is room for it.</param>
    /// <param name="keys">[heads · key dimension], turned.</param>
    /// <param name="values">[heads · value dimension].</param>
    public void Store(int layer, int position, ReadOnlySpan<float> keys, ReadOnlySpan<float> values)
    {
        (int block, int row) = Math.DivRem(position, BlockPositions);
        for (int head = 0; head < _heads; head++)
        {
            values.Slice(head * _valueDimension, _valueDimension).CopyTo(new Span<float>(Values(block, layer, head) + ((long)row * _paddedValue), _valueDimension));
            ReadOnlySpan<float> key = keys.Slice(head * _keyDimension, _keyDimension);
            float* tile = Keys(block, layer, head) + ((long)(row / Tile.Rows) * Tile.Rows * _paddedKey) + (row % Tile.Rows * Lanes.Count);
            for (int column = 0; column < _keyDimension; column += Lanes.Count, tile += Tile.StepFloats)
            {
                int count = Math.Min(Lanes.Count, _keyDimension - column);
                key.Slice(column, count).CopyTo(new Span<float>(tile, count));
            }
        }
    }

    /// <summary>The keys of a block.</summary>
    /// <returns>[64, padded dimension / 16, 4, 16].</returns>
    public float* Keys(int block, int layer, int head) => _blocks[block].Floats + (layer % _layers * _layerFloats) + ((long)head * BlockPositions * _paddedKey);

    /// <summary>The values of a block.</summary>
    /// <returns>[256, padded dimension].</returns>
    public float* Values(int block, int layer, int head) =>
        _blocks[block].Floats + (layer % _layers * _layerFloats) + ((long)_heads * BlockPositions * _paddedKey) + ((long)head * BlockPositions * _paddedValue);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (NativeBuffer block in _blocks)
        {
            block.Dispose();
        }

        _blocks.Clear();
    }
}

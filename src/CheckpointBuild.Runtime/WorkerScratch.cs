using System;

namespace CheckpointBuild.Runtime;

/// <summary>Memory of each worker for the band at hand. Grows to the largest operation met, then stays.</summary>
/// <param name="workers">How many workers there are.</param>
internal sealed unsafe class WorkerScratch(int workers) : IDisposable
{
    private readonly NativeBuffer?[] _buffers = new NativeBuffer?[workers];
    private long _floats;

    /// <summary>Makes room; called between operations.</summary>
    /// <param name="floats">How many float32 each worker needs.</param>
    public void Reserve(long floats)
    {
        if (floats <= _floats)
        {
            return;
        }

        for (int worker = 0; worker < _buffers.Length; worker++)
        {
            _buffers[worker]?.Dispose();
            _buffers[worker] = NativeBuffer.OfZeros("scratch of a worker", floats);
        }

        _floats = floats;
    }

    /// <summary>A worker's memory.</summary>
    /// <param name="worker">Which.</param>
    /// <returns>Its first number.</returns>
    public float* Of(int worker) => _buffers[worker]!.Floats;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (NativeBuffer? buffer in _buffers)
        {
            buffer?.Dispose();
        }
    }
}

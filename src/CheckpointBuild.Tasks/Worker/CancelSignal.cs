using System;

namespace CheckpointBuild.Tasks.Worker;

/// <summary>The build's wish to stop, set from another thread and possibly many times.</summary>
internal sealed class CancelSignal
{
    private volatile bool _isSet;

    /// <summary>Whether the build wants to stop.</summary>
    internal bool IsSet => _isSet;

    /// <summary>Says that the build wants to stop.</summary>
    internal void Set() => _isSet = true;

    /// <summary>Leaves the work at hand when the build wants to stop.</summary>
    /// <exception cref="OperationCanceledException">It wants to.</exception>
    internal void ThrowIfSet()
    {
        if (_isSet)
        {
            throw new OperationCanceledException();
        }
    }
}

using System;
using System.Threading;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Vendors;

/// <summary>Listens to the log of <c>trtllm-build</c> for what its failures are known by.</summary>
internal sealed class TrtllmFailure
{
    private readonly Lock _lock = new();
    private string _last = "it said nothing";
    private string? _memory;
    private string? _checkpoint;
    private string? _version;

    /// <summary>Takes a line.</summary>
    /// <param name="line">The line.</param>
    public void Hear(string line)
    {
        lock (_lock)
        {
            _last = line;
            _memory ??= Has(line, "out of memory") || Has(line, "OutOfMemory") ? line : null;
            _checkpoint ??= Has(line, "Required but not provided tensors") || Has(line, "expected shape") ? line : null;
            _version ??= Has(line, "Version tag does not match") || Has(line, "Serialization assertion") ? line : null;
        }
    }

    /// <summary>The failure, by the most telling line.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="exitCode">How it ended.</param>
    /// <returns>The coded error.</returns>
    public CheckpointException ToError(string tool, int exitCode)
    {
        lock (_lock)
        {
            return _memory is { } memory ? Errors.EngineToolMemory(tool, memory)
                : _checkpoint is { } checkpoint ? Errors.EngineToolCheckpoint(tool, checkpoint)
                : _version is { } version ? Errors.EngineToolLibraries(tool, version)
                : Errors.EngineToolFailed(tool, exitCode, _last);
        }
    }

    private static bool Has(string line, string words) => line.Contains(words, StringComparison.OrdinalIgnoreCase);
}

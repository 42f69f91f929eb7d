using System;
using System.Globalization;

namespace CheckpointBuild.Tool;

/// <summary>How fast bytes arrive, and when the rest will be there.</summary>
/// <param name="time">The clock.</param>
internal sealed class TransferRate(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private long _before = -1;

    /// <summary>Hears how many bytes are there; those of the first call were there before.</summary>
    /// <param name="done">Bytes.</param>
    public void Update(long done) => _before = _before < 0 ? done : _before;

    /// <summary>Rate and time left.</summary>
    /// <param name="done">Bytes that are there.</param>
    /// <param name="total">Bytes in all.</param>
    /// <returns>In brackets; empty where nothing can be said yet.</returns>
    public string Text(long done, long total)
    {
        double seconds = time.GetElapsedTime(_start).TotalSeconds;
        double rate = (done - Math.Max(0, _before)) / seconds;
        return seconds <= 0 || rate <= 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" ({rate / 1e6:F1} MB/s, {(total - done) / rate:F0} s left)");
    }
}

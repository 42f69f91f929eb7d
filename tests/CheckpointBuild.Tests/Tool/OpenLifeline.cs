using System.IO;
using System.Threading.Tasks;

namespace CheckpointBuild.Tests.Tool;

/// <summary>A standard input that stays open, as that of a worker whose build is alive; disposing it ends it.</summary>
internal sealed class OpenLifeline : TextReader
{
    private readonly TaskCompletionSource _ended = new();

    /// <inheritdoc/>
    public override string? ReadLine()
    {
        _ended.Task.GetAwaiter().GetResult();
        return null;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _ended.TrySetResult();
        base.Dispose(disposing);
    }
}

namespace CheckpointBuild.Runtime.Judging;

/// <summary>Every prediction of every window counts.</summary>
internal sealed class WindowsProtocol : PerplexityProtocol
{
    /// <inheritdoc/>
    public override string Name => "windows";

    /// <inheritdoc/>
    public override int DefaultWindow => 512;
}

namespace CheckpointBuild.Tests.Acquisition;

/// <summary>A request that the local server answered.</summary>
/// <param name="Host"><c>&lt;endpoint&gt;</c> or <c>&lt;cdn&gt;</c>.</param>
/// <param name="Method">GET or HEAD.</param>
/// <param name="Path">With its query.</param>
/// <param name="Status">Of the answer.</param>
internal sealed record ServedRequest(string Host, string Method, string Path, int Status)
{
    /// <summary>The header, or null.</summary>
    public string? Authorization { get; init; }

    /// <summary>The header, or null.</summary>
    public string? Range { get; init; }

    /// <summary>Bytes of content that were sent.</summary>
    public long Sent { get; init; }
}

namespace CheckpointBuild.Acquisition;

/// <summary>What a request is about, for addresses and for messages.</summary>
/// <param name="Repository"><c>org/name</c>.</param>
/// <param name="Revision">A branch, a tag or a commit.</param>
/// <param name="File">A file below the repository's root, or null.</param>
internal sealed record HubSubject(string Repository, string Revision, string? File = null)
{
    /// <summary>As messages name it.</summary>
    public string Where => File is null ? $"hf:{Repository}@{Revision}" : $"hf:{Repository}@{Revision}, {File}";

    /// <inheritdoc/>
    public override string ToString() => Where;
}

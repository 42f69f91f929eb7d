namespace CheckpointBuild.Tasks.States;

/// <summary>One file of a built engine, as it lies in the store.</summary>
/// <param name="relativePath">What the file is to be called in the engine's folder, with forward slashes.</param>
/// <param name="fullPath">Where it lies in the store.</param>
/// <param name="size">Its size in bytes.</param>
/// <param name="sha256">SHA-256 of its bytes in lower-case hexadecimal; empty when the tool did not say.</param>
internal sealed class EngineFile(string relativePath, string fullPath, long size, string sha256)
{
    /// <summary>What the file is to be called in the engine's folder, with forward slashes.</summary>
    internal string RelativePath { get; } = relativePath;

    /// <summary>Where it lies in the store.</summary>
    internal string FullPath { get; } = fullPath;

    /// <summary>Its size in bytes.</summary>
    internal long Size { get; } = size;

    /// <summary>SHA-256 of its bytes in lower-case hexadecimal; empty when the tool did not say.</summary>
    internal string Sha256 { get; } = sha256;
}

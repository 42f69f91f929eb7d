namespace CheckpointBuild.Dialects;

/// <summary>What an engine depends on beside its checkpoint: it runs with this version on such a device alone.</summary>
/// <param name="Path">Where the tool lies.</param>
/// <param name="Version">Its version: <c>0.16.0</c>.</param>
/// <param name="Device">The GPU that it builds for.</param>
/// <param name="ComputeCapability">The GPU's compute capability, times ten.</param>
public sealed record EngineToolIdentity(string Path, string Version, string Device, int ComputeCapability)
{
    /// <summary>The part that stands in content keys and reports; where the tool lies is none of it.</summary>
    public string Text => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Version}; {Device}; {ComputeCapability / 10}.{ComputeCapability % 10}");
}

using System;

namespace CheckpointBuild.Building.Plugins;

/// <summary>Names the entry of a plug-in assembly: <c>[assembly: CheckpointPlugin(typeof(MyFormats), CheckpointPlugin.SurfaceVersion)]</c>. The version is a constant, so that the assembly holds the one it was compiled against.</summary>
/// <param name="entry">A class derived from <see cref="CheckpointPlugin"/>.</param>
/// <param name="surfaceVersion"><see cref="CheckpointPlugin.SurfaceVersion"/>.</param>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class CheckpointPluginAttribute(Type entry, int surfaceVersion) : Attribute
{
    /// <summary>A class derived from <see cref="CheckpointPlugin"/>.</summary>
    public Type Entry { get; } = entry;

    /// <summary>The version of the surface that the assembly was compiled against.</summary>
    public int SurfaceVersion { get; } = surfaceVersion;
}

namespace CheckpointBuild.Building.Plugins;

/// <summary>The entry of a plug-in assembly: registers what the assembly adds. The assembly names it by <see cref="CheckpointPluginAttribute"/>; it has a public constructor without parameters.</summary>
public abstract class CheckpointPlugin
{
    /// <summary>The version of the surface that plug-ins compile against: all public types of this library. It rises whenever a plug-in that was compiled before would no longer load or mean something else.</summary>
    public const int SurfaceVersion = 1;

    /// <summary>What messages and reports call the plug-in.</summary>
    public abstract string Name { get; }

    /// <summary>Registers formats, dialects, families and mappings. Nothing counts until the method has returned.</summary>
    /// <param name="registry">Receives them.</param>
    public abstract void Register(PluginRegistry registry);
}

using System;
using System.Reflection;
using System.Runtime.Loader;

namespace CheckpointBuild.Tool.Plugins;

/// <summary>Where one plug-in's assemblies live: its own versions of whatever it needs, found by its <c>.deps.json</c>, beside the tool's library, which it shares.</summary>
/// <param name="assembly">Full path of the plug-in's assembly.</param>
internal sealed class PluginLoadContext(string assembly) : AssemblyLoadContext(assembly)
{
    private readonly AssemblyDependencyResolver _resolver = new(assembly);

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName) =>
        PluginFiles.AreShared(assemblyName.Name!) ? Default.LoadFromAssemblyName(new AssemblyName(assemblyName.Name!))
        : _resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;

    /// <inheritdoc/>
    protected override IntPtr LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : IntPtr.Zero;
}

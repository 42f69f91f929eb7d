using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;
using CheckpointBuild.Building.Plugins;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tool.Plugins;

/// <summary>Loads plug-ins, each into a context of its own, and registers them. One that is loaded already is not loaded again.</summary>
internal static class PluginLoader
{
    private static readonly ConcurrentDictionary<(string Path, string Sha256), PluginIdentity> Loaded = new();

    /// <summary>Loads plug-ins.</summary>
    /// <param name="paths">Assemblies, or folders that hold one each.</param>
    /// <returns>Their identities, in the same order.</returns>
    /// <exception cref="CheckpointException">72xx naming the plug-in and what is wrong with it.</exception>
    public static ImmutableArray<PluginIdentity> Load(IEnumerable<string> paths) => [.. paths.Select(Load)];

    /// <summary>Names the plug-in whose code threw, if one did.</summary>
    /// <param name="exception">What no code of ours expected.</param>
    /// <returns>CKPT7204, or null when the fault is our own.</returns>
    public static CheckpointException? Blame(Exception exception)
    {
        Exception inner = exception is AggregateException { InnerException: { } first } ? first : exception;
        string? plugin = new StackTrace(inner).GetFrames().Select(PluginOf).FirstOrDefault(name => name is not null);
        return plugin is null ? null : Errors.PluginThrew(plugin, inner);
    }

    private static PluginIdentity Load(string path)
    {
        PluginFiles files = PluginFiles.Find(path);
        if (files.Entry.SurfaceVersion != CheckpointPlugin.SurfaceVersion)
        {
            throw Errors.PluginVersion(files.Assembly, files.Entry.SurfaceVersion, CheckpointPlugin.SurfaceVersion);
        }

        string sha256 = files.Sha256();
        return Loaded.TryGetValue((files.Assembly, sha256), out PluginIdentity? known)
            ? known
            : Loaded[(files.Assembly, sha256)] = RegisteredPlugins.Register(Create(files), sha256);
    }

    private static CheckpointPlugin Create(PluginFiles files)
    {
        try
        {
            Type entry = new PluginLoadContext(files.Assembly).LoadFromAssemblyPath(files.Assembly).GetType(files.Entry.TypeName, throwOnError: true)!;
            return Activator.CreateInstance(entry) as CheckpointPlugin
                ?? throw Errors.PluginNotLoadable(files.Assembly, $"its entry {entry.FullName} is no {nameof(CheckpointPlugin)}");
        }
        catch (TargetInvocationException e) when (e.InnerException is { } inner)
        {
            throw inner as CheckpointException ?? Errors.PluginThrew(files.Entry.TypeName, inner);
        }
        catch (Exception e) when (e is BadImageFormatException or IOException or TypeLoadException or MissingMethodException or MemberAccessException or ArgumentException)
        {
            throw Errors.PluginNotLoadable(files.Assembly, e.Message, e);
        }
    }

    private static string? PluginOf(StackFrame frame) =>
        frame.GetMethod()?.Module.Assembly is { } assembly && AssemblyLoadContext.GetLoadContext(assembly) is PluginLoadContext context ? Path.GetFileNameWithoutExtension(context.Name) : null;
}

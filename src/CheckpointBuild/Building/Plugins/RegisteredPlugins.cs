using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using CheckpointBuild.Dialects;
using CheckpointBuild.Dialects.Mapping;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Building.Plugins;

/// <summary>The plug-ins of this process. What they register lasts as long as the process; the product's own lists come first.</summary>
public static class RegisteredPlugins
{
    private const int HeadBytes = 64;
    private static readonly Lock Registering = new();
    private static readonly ConcurrentDictionary<object, PluginIdentity> Owners = new(ReferenceEqualityComparer.Instance);
    private static ImmutableArray<PluginIdentity> _all = [];

    /// <summary>Every plug-in, in the order of their registration.</summary>
    public static IReadOnlyList<PluginIdentity> All => _all;

    /// <summary>Registers a plug-in of the program itself; its identity is that of the assembly it was compiled into. Registering it again does nothing.</summary>
    /// <param name="plugin">The plug-in.</param>
    /// <returns>Its identity.</returns>
    /// <exception cref="CheckpointException">CKPT7204 when the plug-in throws, CKPT7205 when a name is taken.</exception>
    public static PluginIdentity Register(CheckpointPlugin plugin)
    {
        ArgumentNullException.ThrowIfNull(plugin);
        Type type = plugin.GetType();
        string compiled = $"{type.Module.ModuleVersionId:N} {type.FullName}";
        return Register(plugin, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(compiled))));
    }

    /// <summary>Registers a plug-in whose files are known.</summary>
    /// <param name="plugin">The plug-in.</param>
    /// <param name="sha256">SHA-256 over its files.</param>
    /// <returns>Its identity.</returns>
    /// <exception cref="CheckpointException">CKPT7204 when the plug-in throws, CKPT7205 when a name is taken.</exception>
    public static PluginIdentity Register(CheckpointPlugin plugin, string sha256)
    {
        ArgumentNullException.ThrowIfNull(plugin);
        lock (Registering)
        {
            string name = NameOf(plugin);
            var identity = new PluginIdentity(name, sha256);
            if (_all.Contains(identity))
            {
                return identity;
            }

            if (_all.Any(p => p.Name == name))
            {
                throw Errors.PluginNameTaken(name, "plug-in", name);
            }

            var registry = new PluginRegistry(name);
            Guard(name, () => plugin.Register(registry));
            registry.Commit();
            foreach (object entry in registry.Entries)
            {
                Owners.TryAdd(entry, identity);
            }

            _all = _all.Add(identity);
            return identity;
        }
    }

    /// <summary>The plug-ins that a build depends on: those that its recipe names, and the owners of what takes part in it.</summary>
    /// <param name="recipe">What was asked for.</param>
    /// <param name="dialect">How the source was read.</param>
    /// <param name="source">The source, read.</param>
    /// <param name="checkpoint">What was read.</param>
    /// <returns>Each once, by name.</returns>
    internal static ImmutableArray<PluginIdentity> In(Recipe recipe, Dialect dialect, CheckpointDirectory source, Checkpoint checkpoint)
    {
        if (_all.IsEmpty)
        {
            return recipe.Plugins;
        }

        IEnumerable<object> used = [dialect, recipe.Target, checkpoint.Family, .. MappingTable.Of(dialect.Name), .. FormatsOf(source)];
        return [.. used.Select(entry => Owners.GetValueOrDefault(entry)).OfType<PluginIdentity>().Concat(recipe.Plugins).Distinct().OrderBy(p => p.Name, StringComparer.Ordinal)];
    }

    private static IEnumerable<Format> FormatsOf(CheckpointDirectory source)
    {
        Format[] added = [.. Format.Known.Where(Owners.ContainsKey)];
        return added.Length == 0 ? [] : added.Where(f => source.OpenedFiles.Any(name => Recognizes(f, source.OpenFile(name))));
    }

    private static bool Recognizes(Format format, ByteSource file) => format.Recognizes(file.ReadBytes(0, (int)Math.Min(HeadBytes, file.Length)), file.Length);

    private static string NameOf(CheckpointPlugin plugin)
    {
        string? name = null;
        Guard(plugin.GetType().FullName!, () => name = plugin.Name);
        return string.IsNullOrWhiteSpace(name) ? plugin.GetType().FullName! : name;
    }

    private static void Guard(string plugin, Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is not CheckpointException)
        {
            throw Errors.PluginThrew(plugin, e);
        }
    }
}

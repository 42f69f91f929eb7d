using System;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Dialects;
using CheckpointBuild.Dialects.Mapping;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;

namespace CheckpointBuild.Building.Plugins;

/// <summary>Takes what one plug-in registers: into the product's lists all at once when it is done, or not at all. A name that something else has is refused.</summary>
public sealed class PluginRegistry
{
    private readonly string _plugin;
    private readonly List<(object Entry, Action Add)> _entries = [];
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Begins a registration.</summary>
    /// <param name="plugin">What messages call the plug-in.</param>
    internal PluginRegistry(string plugin) => _plugin = plugin;

    /// <summary>What was registered so far.</summary>
    internal IEnumerable<object> Entries => _entries.Select(e => e.Entry);

    /// <summary>Registers a container format: files whose first bytes it recognizes are read by it.</summary>
    /// <param name="format">The format.</param>
    /// <returns>The registry.</returns>
    /// <exception cref="CheckpointException">CKPT7205 when its name is taken.</exception>
    public PluginRegistry Add(Format format)
    {
        ArgumentNullException.ThrowIfNull(format);
        Take("container format", format.Name, Format.Known.Any(f => Same(f.Name, format.Name)));
        return Take(format, () => Format.Add(format));
    }

    /// <summary>Registers a dialect: users name it by <c>Format</c>, and by <c>Engine</c> where it can write.</summary>
    /// <param name="dialect">The dialect; <see cref="ComposedDialect"/> makes one from parts.</param>
    /// <returns>The registry.</returns>
    /// <exception cref="CheckpointException">CKPT7205 when its name is taken.</exception>
    public PluginRegistry Add(Dialect dialect)
    {
        ArgumentNullException.ThrowIfNull(dialect);
        Take("format", dialect.Name, Dialect.Known.Any(d => Same(d.Name, dialect.Name)));
        return Take(dialect, () => Dialect.Add(dialect));
    }

    /// <summary>Registers a family.</summary>
    /// <param name="family">The family.</param>
    /// <returns>The registry.</returns>
    /// <exception cref="CheckpointException">CKPT7205 when its architecture or model type is taken.</exception>
    public PluginRegistry Add(ModelFamily family)
    {
        ArgumentNullException.ThrowIfNull(family);
        foreach (string architecture in family.OtherArchitectures.Prepend(family.Architecture))
        {
            Take("architecture", architecture, ModelFamily.FindArchitecture(architecture) is not null);
        }

        Take("model type", family.ModelType, ModelFamily.FindModelType(family.ModelType) is not null);
        return Take(family, () => ModelFamily.Add(family));
    }

    /// <summary>Registers a mapping: it is used for checkpoints that are read in that format and call their architecture so.</summary>
    /// <param name="format">The dialect's name: <c>huggingface</c>, or one that is composed of parts.</param>
    /// <param name="architecture">What the source calls the architecture.</param>
    /// <param name="mapping">The mapping.</param>
    /// <returns>The registry.</returns>
    /// <exception cref="CheckpointException">CKPT7205 when another mapping has the two names.</exception>
    public PluginRegistry Add(string format, string architecture, RoleMapping mapping)
    {
        ArgumentException.ThrowIfNullOrEmpty(format);
        ArgumentException.ThrowIfNullOrEmpty(architecture);
        ArgumentNullException.ThrowIfNull(mapping);
        Take("mapping", $"{architecture} of {format}", MappingTable.Find(format, architecture) is not null);
        return Take(mapping, () => MappingTable.Add(format, architecture, mapping));
    }

    /// <summary>Puts everything into the product's lists.</summary>
    internal void Commit()
    {
        foreach ((object _, Action add) in _entries)
        {
            add();
        }
    }

    private void Take(string kind, string name, bool isTaken)
    {
        if (isTaken | !_names.Add($"{kind} {name}"))
        {
            throw Errors.PluginNameTaken(_plugin, kind, name);
        }
    }

    private PluginRegistry Take(object entry, Action add)
    {
        _entries.Add((entry, add));
        return this;
    }

    private static bool Same(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}

using System.Collections.Immutable;
using System.CommandLine;
using System.Linq;
using CheckpointBuild.Building.Plugins;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tool.Plugins;

/// <summary><c>--plugin PATH</c>, which every verb has and which may be given several times.</summary>
internal static class PluginOption
{
    private const string Name = "--plugin";

    /// <summary>The option.</summary>
    /// <returns>A new one, for the root command.</returns>
    public static Option<string[]> Create() => new(Name)
    {
        Description = "A plug-in: its assembly, or a folder that holds it. Adds formats, dialects, families and mappings; may be given several times.",
        Recursive = true,
        AllowMultipleArgumentsPerToken = false,
        DefaultValueFactory = _ => [],
    };

    /// <summary>Loads the plug-ins that a command line names.</summary>
    /// <param name="parsed">The command line.</param>
    /// <returns>Their identities.</returns>
    /// <exception cref="CheckpointException">72xx naming the plug-in and what is wrong with it.</exception>
    public static ImmutableArray<PluginIdentity> Load(ParseResult parsed)
    {
        string[] paths = parsed.GetValue<string[]>(Name) ?? [];
        return paths.Contains("") ? throw Errors.EmptyValue(Name) : PluginLoader.Load(paths);
    }
}

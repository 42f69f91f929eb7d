using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using CheckpointBuild.Building;
using CheckpointBuild.Tool.Plugins;

namespace CheckpointBuild.Tool.Verbs;

/// <summary>The options of a recipe: one for each field, made from the one table.</summary>
internal sealed class RecipeOptions
{
    private readonly Option<bool> _offline = new("--offline") { Description = "Do without the network: a model that is named and not in the cache is an error." };
    private readonly List<(RecipeField Field, Func<ParseResult, string?> Value)> _options = [];

    /// <summary>Adds the options to a verb.</summary>
    /// <param name="command">The verb.</param>
    /// <param name="without">Fields that the verb sets itself.</param>
    public RecipeOptions(Command command, params string[] without)
    {
        command.Options.Add(_offline);
        foreach (RecipeField field in RecipeField.All.Where(f => !without.Contains(f.Name)))
        {
            _options.Add((field, field.IsRepeatable ? AddRepeatable(command, field) : field.IsSwitch ? AddSwitch(command, field) : AddSingle(command, field)));
        }
    }

    /// <summary>Where checkpoints that are named come from; dispose it when the build is done.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="streams">Where messages go.</param>
    /// <returns>The source.</returns>
    public ModelSource Models(ParseResult parsed, ToolStreams streams) => ModelSource.ForUser(streams, parsed.GetValue(_offline));

    /// <summary>Sets what the user typed.</summary>
    /// <param name="recipe">The recipe so far.</param>
    /// <param name="parsed">The command line.</param>
    /// <returns>The recipe with it.</returns>
    public Recipe Apply(Recipe recipe, ParseResult parsed) =>
        _options.Aggregate(recipe with { Plugins = PluginOption.Load(parsed) }, (r, o) => o.Value(parsed) is { } value ? o.Field.Set(r, value) : r);

    private static Func<ParseResult, string?> AddSingle(Command command, RecipeField field)
    {
        var option = new Option<string>(field.Option, [.. field.Aliases]) { Description = field.Help };
        command.Options.Add(option);
        return parsed => parsed.GetValue(option);
    }

    private static Func<ParseResult, string?> AddSwitch(Command command, RecipeField field)
    {
        var option = new Option<bool?>(field.Option, [.. field.Aliases]) { Description = field.Help };
        command.Options.Add(option);
        return parsed => parsed.GetValue(option) switch { null => null, true => "true", false => "false" };
    }

    private static Func<ParseResult, string?> AddRepeatable(Command command, RecipeField field)
    {
        var option = new Option<string[]>(field.Option, [.. field.Aliases]) { Description = field.Help, AllowMultipleArgumentsPerToken = false };
        command.Options.Add(option);
        return parsed => parsed.GetValue(option) is { Length: > 0 } values ? string.Join(';', values) : null;
    }
}

using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using System.Threading;
using CheckpointBuild.Building;
using CheckpointBuild.Dialects;
using CheckpointBuild.Tool.Plugins;

namespace CheckpointBuild.Tool.Verbs;

/// <summary>The options of a recipe: one for each field, made from the one table.</summary>
internal sealed class RecipeOptions
{
    private ModelSource? _models;
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

    /// <summary>Finds the source; fetches it where it is a name.</summary>
    /// <param name="recipe">Revision and files of a source that is a name.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="source">The argument that names it.</param>
    /// <param name="streams">Where messages go.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>Where it lies.</returns>
    public CheckpointLocation Locate(Recipe recipe, ParseResult parsed, Argument<string> source, ToolStreams streams, CancellationToken cancellation) =>
        Locate(recipe, parsed, parsed.GetRequiredValue(source), streams, cancellation);

    /// <summary>Finds the source under a name that another option gave.</summary>
    /// <param name="recipe">What is asked for.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="source">The source's path or name.</param>
    /// <param name="streams">Where progress is written.</param>
    /// <param name="cancellation">Ends a download.</param>
    /// <returns>Where it lies.</returns>
    public CheckpointLocation Locate(Recipe recipe, ParseResult parsed, string source, ToolStreams streams, CancellationToken cancellation) =>
        (_models = ModelSource.ForUser(streams, parsed.GetValue(_offline))).Locate(source, recipe, cancellation);

    /// <summary>Deletes what was fetched, unless the recipe keeps it.</summary>
    /// <param name="recipe">The recipe.</param>
    public void Release(Recipe recipe) => _models?.Release(recipe);

    /// <summary>Sets what the user typed.</summary>
    /// <param name="recipe">The recipe so far.</param>
    /// <param name="parsed">The command line.</param>
    /// <returns>The recipe with it.</returns>
    public Recipe Apply(Recipe recipe, ParseResult parsed) =>
        _options.Aggregate(recipe with { Plugins = PluginOption.Load(parsed) }, (r, o) => o.Value(parsed) is { } value ? o.Field.Set(r, value) : r);

    private static Func<ParseResult, string?> AddSingle(Command command, RecipeField field)
    {
        var option = new Option<string>(field.Option) { Description = field.Help };
        command.Options.Add(option);
        return parsed => parsed.GetValue(option);
    }

    private static Func<ParseResult, string?> AddSwitch(Command command, RecipeField field)
    {
        var option = new Option<bool?>(field.Option) { Description = field.Help };
        command.Options.Add(option);
        return parsed => parsed.GetValue(option) switch { null => null, true => "true", false => "false" };
    }

    private static Func<ParseResult, string?> AddRepeatable(Command command, RecipeField field)
    {
        var option = new Option<string[]>(field.Option) { Description = field.Help, AllowMultipleArgumentsPerToken = false };
        command.Options.Add(option);
        return parsed => parsed.GetValue(option) is { Length: > 0 } values ? string.Join(';', values) : null;
    }
}

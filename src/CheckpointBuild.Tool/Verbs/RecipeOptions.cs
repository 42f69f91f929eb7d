using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using CheckpointBuild.Building;
using CheckpointBuild.Tool.Plugins;

namespace CheckpointBuild.Tool.Verbs;

/// <summary>The options of a recipe: one for each field, made from the one table.</summary>
internal sealed class RecipeOptions
{
    private readonly List<(RecipeField Field, Option<string> Option)> _options;

    /// <summary>Adds the options to a verb.</summary>
    /// <param name="command">The verb.</param>
    /// <param name="without">Fields that the verb sets itself.</param>
    public RecipeOptions(Command command, params string[] without)
    {
        _options = [.. RecipeField.All.Where(f => !without.Contains(f.Name)).Select(f => (f, new Option<string>(f.Option) { Description = f.Help }))];
        foreach ((RecipeField _, Option<string> option) in _options)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Sets what the user typed.</summary>
    /// <param name="recipe">The recipe so far.</param>
    /// <param name="parsed">The command line.</param>
    /// <returns>The recipe with it.</returns>
    public Recipe Apply(Recipe recipe, ParseResult parsed) =>
        _options.Aggregate(recipe with { Plugins = PluginOption.Load(parsed) }, (r, o) => parsed.GetValue(o.Option) is { } value ? o.Field.Set(r, value) : r);
}

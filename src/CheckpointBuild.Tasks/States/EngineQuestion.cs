using System.Collections.Generic;
using System.Text;
using CheckpointBuild.Tasks.Checkpoints;

namespace CheckpointBuild.Tasks.States;

/// <summary>Everything that decides what an engine will be, as text: two equal questions have one answer.</summary>
/// <param name="recipe">Task and metadata, one line each.</param>
/// <param name="surroundings">Where the checkpoint, the store, the tool and its plug-ins lie, one line each.</param>
/// <param name="inputs">The source files, one line each.</param>
internal sealed class EngineQuestion(string recipe, string surroundings, string inputs)
{
    /// <summary>Task and metadata, one line each.</summary>
    internal string Recipe { get; } = recipe;

    /// <summary>Where the checkpoint, the store, the tool and its plug-ins lie, one line each.</summary>
    internal string Surroundings { get; } = surroundings;

    /// <summary>The source files, one line each: name, size, time.</summary>
    internal string Inputs { get; } = inputs;

    /// <summary>Asks for the engine of a checkpoint.</summary>
    /// <param name="task">The task's name.</param>
    /// <param name="checkpoint">The checkpoint and its metadata.</param>
    /// <param name="tool">What runs, one line per file (<see cref="ToolStamps"/>); empty where only the model and its options matter.</param>
    /// <param name="store">Full path of the store; empty for the user's own.</param>
    /// <param name="stamps">The checkpoint's files.</param>
    internal static EngineQuestion Of(string task, CheckpointItem checkpoint, string tool, string store, SourceStamps stamps)
    {
        StringBuilder recipe = new();
        Append(recipe, "task", task);
        Append(recipe, "engine", checkpoint.EngineName);
        Append(recipe, "name", checkpoint.CarriedName);
        foreach (KeyValuePair<string, string> pair in checkpoint.Metadata)
        {
            Append(recipe, "metadata", pair.Key, pair.Value);
        }

        StringBuilder surroundings = new();
        Append(surroundings, "source", checkpoint.Source);
        Append(surroundings, "store", store);
        surroundings.Append(tool);
        return new EngineQuestion(recipe.ToString(), surroundings.ToString(), stamps.Text);
    }

    /// <summary>The same question about other source files.</summary>
    internal EngineQuestion With(SourceStamps stamps) => new(Recipe, Surroundings, stamps.Text);

    /// <summary>Says what differs from the question that was answered before, for the log; null when nothing does.</summary>
    internal string? DifferenceFrom(EngineQuestion before) =>
        ModelDifferenceFrom(before) ?? QuestionDifference.Between(before.Surroundings, Surroundings);

    /// <summary>Says what differs in the model and its options, whatever the tool and the store; null when nothing does.</summary>
    internal string? ModelDifferenceFrom(EngineQuestion before) =>
        QuestionDifference.Between(before.Recipe, Recipe) ?? QuestionDifference.Between(before.Inputs, Inputs);

    private static void Append(StringBuilder text, params string[] fields) => text.Append(TabbedLine.Join(fields)).Append('\n');
}

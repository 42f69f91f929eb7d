using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using CheckpointBuild.Tasks.Checkpoints;

namespace CheckpointBuild.Tasks.States;

/// <summary>Everything that decides what an engine will be, as text: two equal questions have one answer.</summary>
/// <param name="recipe">Task and metadata, one line each.</param>
/// <param name="surroundings">Where the checkpoint, the store and the tool lie, one line each.</param>
/// <param name="inputs">The source files, one line each.</param>
internal sealed class EngineQuestion(string recipe, string surroundings, string inputs)
{
    /// <summary>Task and metadata, one line each.</summary>
    internal string Recipe { get; } = recipe;

    /// <summary>Where the checkpoint, the store and the tool lie, one line each.</summary>
    internal string Surroundings { get; } = surroundings;

    /// <summary>The source files, one line each: name, size, time.</summary>
    internal string Inputs { get; } = inputs;

    /// <summary>Asks for the engine of a checkpoint.</summary>
    /// <param name="task">The task's name.</param>
    /// <param name="checkpoint">The checkpoint and its metadata.</param>
    /// <param name="tool">Full path of the tool; empty where only the model and its options matter.</param>
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
        AppendTool(surroundings, tool);
        return new EngineQuestion(recipe.ToString(), surroundings.ToString(), stamps.Text);
    }

    /// <summary>Says what differs from the question that was answered before, for the log; null when nothing does.</summary>
    internal string? DifferenceFrom(EngineQuestion before) =>
        ModelDifferenceFrom(before) ?? QuestionDifference.Between(before.Surroundings, Surroundings);

    /// <summary>Says what differs in the model and its options, whatever the tool and the store; null when nothing does.</summary>
    internal string? ModelDifferenceFrom(EngineQuestion before) =>
        QuestionDifference.Between(before.Recipe, Recipe) ?? QuestionDifference.Between(before.Inputs, Inputs);

    // The tool is its assemblies: one of them may change while ckpt.dll itself stays as it was.
    private static void AppendTool(StringBuilder text, string tool)
    {
        if (tool.Length == 0)
        {
            return;
        }

        string[] files = Directory.GetFiles(Path.GetDirectoryName(tool), "*.dll");
        Array.Sort(files, StringComparer.Ordinal);
        Append(text, "tool", tool);
        foreach (string path in files)
        {
            FileInfo file = new(path);
            Append(text, "tool", file.Name, Number(file.Length), Number(file.LastWriteTimeUtc.Ticks));
        }
    }

    private static void Append(StringBuilder text, params string[] fields) => text.Append(TabbedLine.Join(fields)).Append('\n');

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}

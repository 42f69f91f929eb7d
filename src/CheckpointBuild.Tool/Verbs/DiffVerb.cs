using System;
using System.Collections.Immutable;
using System.CommandLine;
using System.Linq;
using System.Threading;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Formats;
using CheckpointBuild.Formats.Distributed;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Tool.Verbs;

/// <summary><c>ckpt diff A B</c>: whether two checkpoints are the same model, whatever their dialects; files without a configuration, such as adapters, are compared by their names.</summary>
internal sealed class DiffVerb() : Verb("diff")
{
    private static readonly string[] WeightEndings = [".safetensors", ".gguf", ".bin", ".pt", ".pth"];

    /// <inheritdoc/>
    public override Command Create(ToolStreams streams)
    {
        var first = new Argument<string>("first") { Description = "A checkpoint, a weights file or an adapter." };
        var second = new Argument<string>("second") { Description = "What it is held against." };
        var command = new Command(Name, "Compares two checkpoints up to their dialects; exits with 1 when they differ.") { first, second };
        SetAction(command, (parsed, cancellation) =>
        {
            using CheckpointDirectory left = CheckpointDirectory.Open(parsed.GetRequiredValue(first));
            using CheckpointDirectory right = CheckpointDirectory.Open(parsed.GetRequiredValue(second));
            return Compare(left, right, streams, cancellation) ? 0 : 1;
        });
        return command;
    }

    private static bool Compare(CheckpointDirectory left, CheckpointDirectory right, ToolStreams streams, CancellationToken cancellation)
    {
        Dialect? one = DialectOf(left), other = DialectOf(right);
        return one is null || other is null
            ? Report(CheckpointComparison.Compare(TableOf(left), TableOf(right), cancellation), "equal", streams)
            : Compare(one.Read(left), other.Read(right), streams, cancellation);
    }

    private static bool Compare(Checkpoint left, Checkpoint right, ToolStreams streams, CancellationToken cancellation)
    {
        bool sameFamily = left.Family == right.Family;
        if (!sameFamily)
        {
            streams.Output.WriteLine($"architecture: {left.Family.Architecture}, {right.Family.Architecture}");
        }

        string equal = left.Dialect == right.Dialect ? "equal" : $"equal up to dialect ({left.Dialect}, {right.Dialect})";
        return Report(CheckpointComparison.Compare(left, right, cancellation), equal, streams) && sameFamily;
    }

    private static bool Report(ImmutableArray<TensorDifference> differences, string equal, ToolStreams streams)
    {
        foreach (TensorDifference difference in differences)
        {
            streams.Output.WriteLine(difference.ToString());
        }

        int count = differences.Count(d => !d.IsOfDialect);
        streams.Output.WriteLine(count == 0 ? equal : $"{count} {(count == 1 ? "tensor differs" : "tensors differ")}");
        return count == 0;
    }

    private static Dialect? DialectOf(CheckpointDirectory directory) => Dialect.All.FirstOrDefault(d => d.Recognizes(directory));

    private static TensorTable TableOf(CheckpointDirectory directory)
    {
        if (directory.File is null && DistributedCheckpoint.IsIn(directory.FolderFiles))
        {
            return DistributedCheckpoint.Read(directory.OpenFile).Tensors;
        }

        string[] files = directory.File is { } one ? [one] : [.. directory.Files.Where(f => Array.Exists(WeightEndings, e => f.EndsWith(e, StringComparison.OrdinalIgnoreCase)))];
        if (files.Length == 0)
        {
            throw Errors.NoCheckpoint(directory.Path, Dialect.All.Select(d => d.Name));
        }

        return new TensorTable(files.Select(directory.OpenFile).SelectMany(source => Format.Detect(source).Read(source).Tensors).DistinctBy(t => t.Name));
    }
}

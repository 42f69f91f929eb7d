using System;
using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Linq;
using System.Threading;
using CheckpointBuild.Acquisition;
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
            ? CompareFiles(left, right, streams, cancellation)
            : Compare(one.Read(left), other.Read(right), streams, cancellation);
    }

    private static bool Compare(Checkpoint left, Checkpoint right, ToolStreams streams, CancellationToken cancellation)
    {
        bool sameFamily = left.Family == right.Family;
        if (!sameFamily)
        {
            streams.Output.WriteLine($"architecture: {left.Family.Architecture}, {right.Family.Architecture}");
        }

        ImmutableArray<string> settings = sameFamily ? ConfigComparison.Differences(left.Config, right.Config) : [];
        foreach (string setting in settings)
        {
            streams.Output.WriteLine(setting);
        }

        string equal = !sameFamily || !settings.IsEmpty ? "the same tensors, another configuration" : left.Dialect == right.Dialect ? "equal" : $"equal up to dialect ({left.Dialect}, {right.Dialect})";
        return Report(CheckpointComparison.Compare(left, right, cancellation), equal, streams) && sameFamily && settings.IsEmpty;
    }

    private static bool Report(ImmutableArray<TensorDifference> differences, string equal, ToolStreams streams)
    {
        foreach (TensorDifference difference in differences)
        {
            streams.Output.WriteLine(difference.ToString());
        }

        int types = differences.Count(d => !d.IsOfDialect && d.IsOfType), count = differences.Count(d => !d.IsOfDialect && !d.IsOfType);
        string[] parts = [count == 0 ? "" : $"{count} {(count == 1 ? "tensor differs" : "tensors differ")}", types == 0 ? "" : $"{types} {(types == 1 ? "tensor has" : "tensors have")} another dtype and the same numbers"];
        streams.Output.WriteLine(count + types == 0 ? equal : string.Join("; ", parts.Where(p => p.Length > 0)));
        return count + types == 0;
    }

    private static Dialect? DialectOf(CheckpointDirectory directory) => Dialect.All.FirstOrDefault(d => d.Recognizes(directory));

    private static bool CompareFiles(CheckpointDirectory left, CheckpointDirectory right, ToolStreams streams, CancellationToken cancellation)
    {
        (TensorTable leftTensors, ImmutableSortedDictionary<string, string> leftValues) = ContentOf(left);
        (TensorTable rightTensors, ImmutableSortedDictionary<string, string> rightValues) = ContentOf(right);
        string[] differing = [.. leftValues.Keys.Union(rightValues.Keys).Where(k => leftValues.GetValueOrDefault(k) != rightValues.GetValueOrDefault(k)).Order(StringComparer.Ordinal)];
        foreach (string key in differing)
        {
            streams.Output.WriteLine($"{key}: {leftValues.GetValueOrDefault(key, "absent")}, {rightValues.GetValueOrDefault(key, "absent")}");
        }

        return Report(CheckpointComparison.Compare(leftTensors, rightTensors, cancellation), differing.Length == 0 ? "equal" : "the same tensors, other values", streams) && differing.Length == 0;
    }

    // Tensors and, of PyTorch's files, the values beside them.
    private static (TensorTable Tensors, ImmutableSortedDictionary<string, string> Values) ContentOf(CheckpointDirectory directory)
    {
        if (directory.File is null && DistributedCheckpoint.IsIn(directory.FolderFiles))
        {
            PyTorchFile state = DistributedCheckpoint.Read(directory.OpenFile);
            return (state.Tensors, ValuesOf(state));
        }

        string[] files = directory.File is { } one ? [one] : [.. directory.Files.Where(f => BuildFiles.AreWeights(f))];
        if (files.Length == 0)
        {
            throw Errors.NoCheckpoint(directory.Path, Dialect.All.Select(d => d.Name));
        }

        (TensorTable Tensors, ImmutableSortedDictionary<string, string> Values)[] contents = [.. files.Select(directory.OpenFile).Select(source => Format.Detect(source) is PyTorchZip or PyTorchLegacy && PyTorchFile.Read(source) is var file ? (file.Tensors, ValuesOf(file)) : (Format.Detect(source).Read(source).Tensors, ImmutableSortedDictionary<string, string>.Empty))];
        IGrouping<string, Tensor>? twice = contents.SelectMany(c => c.Tensors).GroupBy(t => t.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1);
        return twice is null
            ? (new TensorTable(contents.SelectMany(c => c.Tensors)), contents.SelectMany(c => c.Values).DistinctBy(v => v.Key).ToImmutableSortedDictionary(StringComparer.Ordinal))
            : throw Errors.DuplicateTensor(directory.Path, twice.Key);
    }

    private static ImmutableSortedDictionary<string, string> ValuesOf(PyTorchFile file) =>
        file.Values.DistinctBy(v => v.Path).ToImmutableSortedDictionary(v => v.Path, v => $"{v.Type} {Show(v.Value)}", StringComparer.Ordinal);

    private static string Show(object? value) => value switch
    {
        byte[] bytes => Convert.ToHexString(bytes),
        PickleCall call => $"{call.Function}({Show(call.Arguments)})",
        PickleSequence items => string.Join(", ", items.Select(Show)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "None",
    };
}

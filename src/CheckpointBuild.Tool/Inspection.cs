using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CheckpointBuild.Acquisition;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Dialects.Adapters;
using CheckpointBuild.Dialects.Torchtune;
using CheckpointBuild.Formats;
using CheckpointBuild.Formats.Distributed;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using CheckpointBuild.Tokenizers;

namespace CheckpointBuild.Tool;

/// <summary>What a checkpoint or a file holds, as JSON: <c>format, dialect, family, config, tensors, tokenizer, other, problems</c>. A part that cannot be read becomes a problem; the rest is still shown.</summary>
internal static class Inspection
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private const int MostValues = 1000;

    // There is no checkpoint here.
    private static readonly string NoCheckpoint = Errors.NoCheckpoint("", []).Code;
    private static readonly string NoFamily = Errors.UnknownArchitecture("", "", []).Code;
    private static readonly string NoConfiguration = Errors.DistributedCheckpoint("").Code;

    /// <summary>Looks into a directory or file.</summary>
    /// <param name="directory">What to look into.</param>
    /// <returns>The root object.</returns>
    /// <exception cref="CheckpointException">1xxx when nothing of it can be read.</exception>
    public static JsonObject Of(CheckpointDirectory directory)
    {
        var problems = new List<Diagnostic>();
        Checkpoint? checkpoint = ReadCheckpoint(directory, problems);
        using AdapterSource? adapter = checkpoint is null ? ReadAdapter(directory, problems) : null;
        directory = adapter?.Directory ?? directory;
        string? format = null;
        ILookup<Tensor, TensorRole> roles = RolesOf(checkpoint);
        var tensors = new JsonArray();
        var other = new JsonArray([.. (checkpoint?.Sidecars ?? []).Select(s => (JsonNode?)s.Name)]);
        foreach ((string file, TensorFile content, string name) in ReadFiles(directory, checkpoint is null, problems))
        {
            format ??= name;
            foreach (string value in ValuesIn(directory, file, name))
            {
                other.Add((JsonNode)value);
            }

            foreach (Tensor tensor in content.Tensors)
            {
                tensors.Add((JsonNode)Describe(tensor, file, roles));
            }
        }

        foreach (Tensor tensor in tensors.Count == 0 ? roles.Select(r => r.Key) : [])
        {
            // What a plug-in reads may lie in no file of a known format.
            tensors.Add((JsonNode)Describe(tensor, tensor is Stored stored ? Path.GetFileName(stored.Source.Name) : "", roles));
        }

        if ((directory.File is not null || format == DistributedCheckpoint.FormatName) && tensors.Count + other.Count > 0)
        {
            // One file, or the state that training saved, is no checkpoint and need not be one.
            problems.RemoveAll(p => p.Code == NoCheckpoint || p.Code == NoConfiguration || (directory.File is not null && p.Code == NoFamily));
        }

        if (checkpoint is null && tensors.Count == 0 && other.Count == 0)
        {
            Diagnostic first = problems[0];
            throw new CheckpointException(first.Code, first.Message, first.File);
        }

        return new JsonObject
        {
            ["format"] = format,
            ["dialect"] = checkpoint?.Dialect ?? (adapter is null ? null : adapter.Adapter.Rounding == LoraRounding.Torchtune ? "torchtune" : "peft"),
            ["family"] = checkpoint?.Family.Architecture,
            ["config"] = checkpoint is not null ? ConfigOf(checkpoint) : adapter?.Adapter.Settings.DeepClone(),
            ["tensors"] = tensors,
            ["tokenizer"] = checkpoint is null ? null : TokenizerOf(checkpoint),
            ["other"] = other,
            ["problems"] = new JsonArray([.. problems.Select(p => new JsonObject { ["code"] = p.Code, ["message"] = p.Message })]),
        };
    }

    /// <summary>The inspection's text.</summary>
    /// <param name="inspection">The root object.</param>
    /// <returns>Indented JSON.</returns>
    public static string Text(JsonObject inspection) => inspection.ToJsonString(Indented);

    private static Checkpoint? ReadCheckpoint(CheckpointDirectory directory, List<Diagnostic> problems)
    {
        try
        {
            Checkpoint checkpoint = Dialect.Detect(directory).Read(directory);
            problems.AddRange(checkpoint.Problems);
            if (checkpoint.TokenizerFault is { } fault)
            {
                problems.Add(fault);
            }

            return checkpoint;
        }
        catch (CheckpointException e)
        {
            problems.Add(new Diagnostic(e.Code, e.Message, e.File));
            return null;
        }
    }

    // An adapter is no checkpoint, and need not be one.
    private static AdapterSource? ReadAdapter(CheckpointDirectory directory, List<Diagnostic> problems)
    {
        if (!directory.FolderFiles.Any(f => f.StartsWith("adapter_", StringComparison.Ordinal)) || (directory.File is { } file && !file.StartsWith("adapter_", StringComparison.Ordinal)))
        {
            return null;
        }

        try
        {
            AdapterSource source = AdapterSource.Open(directory.Path);
            problems.Clear();
            problems.AddRange(source.Adapter.Problems);
            return source;
        }
        catch (CheckpointException e)
        {
            // Without a configuration of its own it is weights that lack theirs, and that comes first.
            problems.Insert(directory.Has(PeftSettings.FileName) ? 0 : problems.Count, new Diagnostic(e.Code, e.Message, e.File));
            return null;
        }
    }

    private static IEnumerable<(string File, TensorFile Content, string Format)> ReadFiles(CheckpointDirectory directory, bool mayFail, List<Diagnostic> problems)
    {
        bool any = false;
        string[] weights = directory.File is { } one ? [one] : [.. directory.Files.Concat(TrainingFiles(directory)).Where(f => BuildFiles.AreWeights(f))];
        if (directory.File is null && DistributedCheckpoint.IsIn(directory.FolderFiles))
        {
            any = true;
            yield return (DistributedIndex.FileName, DistributedCheckpoint.Read(directory.OpenFile).ToTensorFile(), DistributedCheckpoint.FormatName);
        }

        foreach (string file in weights)
        {
            (TensorFile, string)? read = null;
            try
            {
                ByteSource source = directory.OpenFile(file);
                Format format = Format.Detect(source);
                read = (format.Read(source), format.Name);
            }
            catch (CheckpointException e) when (weights.Length > 1 || any || !mayFail)
            {
                problems.Add(new Diagnostic(e.Code, e.Message, e.File));
            }

            if (read is (var content, var name))
            {
                any = true;
                yield return (file, content, name);
            }
        }
    }

    // What training left in folders of its own: the newest epoch, and what it takes to go on.
    private static IEnumerable<string> TrainingFiles(CheckpointDirectory directory) =>
        new[] { TorchtuneFolder.NewestEpoch(directory.Folder), TorchtuneFolder.RecipeFolder }.Where(f => f is not null && Directory.Exists(directory.PathOf(f)))
            .SelectMany(folder => Directory.EnumerateFiles(directory.PathOf(folder!)).Select(f => $"{folder}/{Path.GetFileName(f)}").Order(StringComparer.Ordinal));

    // What a PyTorch file holds beside tensors: steps, rates, the state of an optimizer.
    private static IEnumerable<string> ValuesIn(CheckpointDirectory directory, string file, string format) =>
        format.StartsWith(Format.PyTorch.Name, StringComparison.Ordinal)
            ? (format == DistributedCheckpoint.FormatName ? DistributedCheckpoint.Read(directory.OpenFile) : PyTorchFile.Read(directory.OpenFile(file))).Values.Take(MostValues).Select(v => $"{file}: {(v.Path.Length == 0 ? "(root)" : v.Path)} = {Spell(v.Value)} ({v.Type})")
            : [];

    private static string Spell(object? value) => value switch
    {
        null => "None",
        byte[] bytes => $"{bytes.Length} bytes",
        PickleCall call => $"{call.Function.Name}({string.Join(", ", call.Arguments.Select(Spell))})",
        PickleName name => $"{name}",
        PickleSequence items => $"[{string.Join(", ", items)}]",
        PickleDictionary => "{}",
        string text => Errors.Quote(text),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static ILookup<Tensor, TensorRole> RolesOf(Checkpoint? checkpoint) =>
        (checkpoint?.Tensors ?? Enumerable.Empty<KeyValuePair<TensorRole, Tensor>>())
            .SelectMany(t => StoredBehind(t.Value), (t, stored) => (Role: t.Key, Stored: stored))
            .ToLookup(t => t.Stored, t => t.Role);

    private static IEnumerable<Tensor> StoredBehind(Tensor tensor) => tensor.Sources.IsEmpty ? [tensor] : tensor.Sources.SelectMany(StoredBehind);

    private static JsonObject Describe(Tensor tensor, string file, ILookup<Tensor, TensorRole> roles) => new()
    {
        ["name"] = tensor.Name,
        ["dtype"] = tensor.DType.Name,
        ["shape"] = new JsonArray([.. tensor.Shape.Dimensions.Select(d => (JsonNode?)d)]),
        ["file"] = file,
        ["role"] = InWords([.. roles[tensor]]),
    };

    // A stack of experts holds hundreds: the first and the last say enough.
    private static string? InWords(TensorRole[] roles) => roles switch
    {
        [] => null,
        { Length: <= 3 } => string.Join(", ", roles),
        _ => $"{roles[0]} … {roles[^1]}",
    };

    private static JsonObject ConfigOf(Checkpoint checkpoint) => checkpoint.Family.WriteConfig(checkpoint.Config);

    private static JsonObject? TokenizerOf(Checkpoint checkpoint) => checkpoint.Tokenizer is not { } tokenizer ? null : new JsonObject
    {
        ["kind"] = TokenizerKind.Of(tokenizer).Name,
        ["tokens"] = tokenizer.VocabularySize,
        ["special"] = new JsonObject(tokenizer.SpecialTokens.Select(t => KeyValuePair.Create(t.Kind.ToString(), (JsonNode?)t.Id))),
        ["templates"] = new JsonArray([.. tokenizer.ChatTemplates.Select(t => (JsonNode?)t.Name)]),
    };
}

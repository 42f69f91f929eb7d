using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Acquisition;

/// <summary>What a build needs of a repository: one set of weights, and the small files that say what they are. Never two formats of the same weights, never a folder such as <c>original/</c>.</summary>
internal static partial class BuildFiles
{
    private const string SafeIndex = "model.safetensors.index.json";
    private const string PickleIndex = "pytorch_model.bin.index.json";
    private const int MostShards = 10_000;

    private static readonly string[] Tokenizers = ["tokenizer.json", "tokenizer.model", "*.tiktoken", "*.tiktoken.model", "vocab.txt", "vocab.json"];

    private static readonly string[] SmallFiles = ["*.json", "tokenizer.model", "*.tiktoken", "*.tiktoken.model", "merges.txt", "vocab.txt", "*.jinja", "additional_chat_templates/*.jinja"];

    // In PEFT's own order.
    private static readonly string[] AdapterWeights = ["adapter_model.safetensors", "adapter_model.bin", "adapter_model.pt"];

    private static readonly string[] WeightExtensions = [".safetensors", ".gguf", ".bin", ".pt", ".pth"];

    // Other ecosystems' maps of weights that are not fetched.
    private static readonly string[] OtherMaps = ["*.index.json", "onnx*.json", "openvino*.json", "coreml*.json", "*.index.fp*.json"];

    // What training leaves behind says nothing of the model.
    private static readonly string[] OfTraining = ["trainer_state.json", "training_args.json", "all_results.json", "train_results.json", "eval_results.json", "predict_results.json"];

    /// <summary>Chooses.</summary>
    /// <param name="paths">The repository's files.</param>
    /// <param name="where">The repository, for messages.</param>
    /// <param name="warn">Hears that the weights are a pickle.</param>
    /// <returns>The chosen paths.</returns>
    /// <exception cref="CheckpointException">CKPT6021 when there are no weights, CKPT6022 when there are several GGUF files and nothing says which.</exception>
    public static IEnumerable<string> Of(IReadOnlyList<string> paths, string where, Action<Diagnostic> warn)
    {
        string[] root = [.. paths.Where(p => !p.Contains('/', StringComparison.Ordinal))];
        string[] weights = Weights(root, where, warn);
        IEnumerable<string> small = paths.Where(p => (!p.Contains('/', StringComparison.Ordinal) || p.StartsWith("additional_chat_templates/", StringComparison.Ordinal))
            && SmallFiles.Any(s => GlobPattern.Matches(s, p)) && !OtherMaps.Concat(OfTraining).Any(o => GlobPattern.Matches(o, p)));
        return weights[0].EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) ? weights : weights.Concat(Map(root, weights)).Concat(small).Distinct(StringComparer.Ordinal);
    }

    /// <summary>Chooses what an adapter is: its configuration and one file of weights.</summary>
    /// <param name="paths">The repository's files.</param>
    /// <param name="where">The repository, for messages.</param>
    /// <param name="warn">Hears that the weights are a pickle.</param>
    /// <returns>The chosen paths.</returns>
    /// <exception cref="CheckpointException">CKPT6023 when it holds no adapter.</exception>
    public static IEnumerable<string> OfAdapter(IReadOnlyList<string> paths, string where, Action<Diagnostic> warn)
    {
        string weights = AdapterWeights.FirstOrDefault(paths.Contains) ?? throw Errors.NoAdapterInRepository(where, paths);
        if (!weights.EndsWith(".safetensors", StringComparison.Ordinal))
        {
            warn(Errors.WeightsArePickle(where, weights));
        }

        return paths.Where(p => p is "adapter_config.json" || p == weights);
    }

    /// <summary>Whether a file holds tensors, by its name: such files are large, and read by position.</summary>
    /// <param name="path">With '/'.</param>
    /// <returns>True when it does.</returns>
    public static bool AreWeights(string path) => WeightExtensions.Any(e => path.EndsWith(e, StringComparison.OrdinalIgnoreCase));

    /// <summary>Names what is certainly missing of a model: configuration, a tokenizer, shards that the weights' map or their own names tell of.</summary>
    /// <param name="chosen">The files that are there.</param>
    /// <param name="place">Where each lies.</param>
    /// <returns>Names of files.</returns>
    public static IEnumerable<string> Lacking(IReadOnlyList<string> chosen, Func<string, string> place)
    {
        if (!chosen.Any(c => c.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase)))
        {
            string[] needed = chosen.Any(c => c.EndsWith(".pth", StringComparison.Ordinal)) ? [] : ["config.json"];
            foreach (string name in needed.Where(n => !chosen.Contains(n)))
            {
                yield return name;
            }

            if (!chosen.Any(c => Tokenizers.Any(t => GlobPattern.Matches(t, c))))
            {
                yield return Tokenizers[0];
            }
        }

        foreach (string shard in chosen.SelectMany(c => IsMap(c) ? Mapped(place(c)) : Set(c)).Distinct(StringComparer.Ordinal).Where(s => !chosen.Contains(s)))
        {
            yield return shard;
        }
    }

    private static bool IsMap(string path) => path is SafeIndex or PickleIndex;

    // A map that cannot be read is told by whoever needs it.
    private static IEnumerable<string> Mapped(string map)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(HubCache.ReadBytes(map) ?? []);
            return [.. document.RootElement.GetProperty("weight_map").EnumerateObject().Select(w => w.Value.GetString()).OfType<string>().Distinct(StringComparer.Ordinal)];
        }
        catch (Exception e) when (ModelJson.IsDamage(e))
        {
            return [];
        }
    }

    // NAME-00002-of-00003.EXTENSION tells of three. A number that no set has tells nothing.
    private static IEnumerable<string> Set(string path)
    {
        Match shard = ShardOfSet().Match(path);
        return shard.Success && int.TryParse(shard.Groups["count"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count <= MostShards
            ? Enumerable.Range(1, count).Select(i => $"{shard.Groups["stem"].Value}-{i.ToString($"D{shard.Groups["number"].Length}", CultureInfo.InvariantCulture)}-of-{shard.Groups["count"].Value}{shard.Groups["extension"].Value}")
            : [];
    }

    // In order of preference: the format that can do no harm, PyTorch's, llama.cpp's, Meta's.
    private static string[] Weights(string[] root, string where, Action<Diagnostic> warn)
    {
        string[] safe = [.. root.Where(p => p.EndsWith(".safetensors", StringComparison.Ordinal) && !p.StartsWith("adapter", StringComparison.Ordinal))];
        if (safe.Length > 0)
        {
            return Named(safe, "model.safetensors", ShardOfModel());
        }

        string[] pickles = [.. root.Where(p => p == "pytorch_model.bin" || ShardOfPickle().IsMatch(p))];
        if (pickles.Length > 0)
        {
            warn(Errors.WeightsArePickle(where, pickles[0]));
            return Named(pickles, "pytorch_model.bin", ShardOfPickle());
        }

        string[] engines = [.. root.Where(p => p.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase))];
        if (engines.Length > 0)
        {
            string[] sets = [.. engines.Select(e => ShardOfGguf().Replace(e, ".gguf")).Distinct(StringComparer.Ordinal)];
            return sets.Length == 1 ? engines : throw Errors.SeveralWeights(where, engines);
        }

        string[] meta = [.. root.Where(p => p.StartsWith("consolidated", StringComparison.Ordinal) && p.EndsWith(".pth", StringComparison.Ordinal))];
        if (meta.Length > 0)
        {
            warn(Errors.WeightsArePickle(where, meta[0]));
            return meta;
        }

        throw Errors.NoWeights(where, root);
    }

    // transformers takes the single file before the shards, and these before files of other names.
    private static string[] Named(string[] weights, string single, Regex shard) =>
        weights.Contains(single) ? [single] : weights.Where(w => shard.IsMatch(w)).ToArray() is { Length: > 0 } shards ? shards : weights;

    private static IEnumerable<string> Map(string[] root, string[] weights) =>
        root.Where(p => (p == SafeIndex && weights.Any(w => ShardOfModel().IsMatch(w))) || (p == PickleIndex && weights.Any(w => ShardOfPickle().IsMatch(w))));

    [GeneratedRegex(@"^(?<stem>.+)-(?<number>\d{5,})-of-(?<count>\d{5,})(?<extension>\.(safetensors|bin|gguf))$")]
    private static partial Regex ShardOfSet();

    [GeneratedRegex(@"^model-\d{5,}-of-\d{5,}\.safetensors$")]
    private static partial Regex ShardOfModel();

    [GeneratedRegex(@"^pytorch_model-\d{5,}-of-\d{5,}\.bin$")]
    private static partial Regex ShardOfPickle();

    [GeneratedRegex(@"-\d{5,}-of-\d{5,}\.gguf$", RegexOptions.IgnoreCase)]
    private static partial Regex ShardOfGguf();
}

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Acquisition;

/// <summary>What a build needs of a repository: one set of weights, and the small files that say what they are. Never two formats of the same weights, never a folder such as <c>original/</c>.</summary>
internal static partial class BuildFiles
{
    private const string PickleIndex = "pytorch_model.bin.index.json";

    private static readonly string[] SmallFiles = ["*.json", "tokenizer.model", "*.tiktoken", "*.tiktoken.model", "merges.txt", "vocab.txt", "*.jinja", "additional_chat_templates/*.jinja"];

    // In PEFT's own order.
    private static readonly string[] AdapterWeights = ["adapter_model.safetensors", "adapter_model.bin", "adapter_model.pt"];

    private static readonly string[] WeightExtensions = [".safetensors", ".gguf", ".bin", ".pth"];

    // Other ecosystems' maps of weights that are not fetched.
    private static readonly string[] OtherMaps = ["*.index.json", "onnx*.json", "openvino*.json", "coreml*.json", "*.index.fp*.json"];

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
            && SmallFiles.Any(s => GlobPattern.Matches(s, p)) && !OtherMaps.Any(o => GlobPattern.Matches(o, p)));
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
        root.Where(p => (p == "model.safetensors.index.json" && weights.Any(w => ShardOfModel().IsMatch(w))) || (p == PickleIndex && weights.Any(w => ShardOfPickle().IsMatch(w))));

    [GeneratedRegex(@"^model-\d{5}-of-\d{5}\.safetensors$")]
    private static partial Regex ShardOfModel();

    [GeneratedRegex(@"^pytorch_model-\d{5}-of-\d{5}\.bin$")]
    private static partial Regex ShardOfPickle();

    [GeneratedRegex(@"-\d{5}-of-\d{5}\.gguf$", RegexOptions.IgnoreCase)]
    private static partial Regex ShardOfGguf();
}

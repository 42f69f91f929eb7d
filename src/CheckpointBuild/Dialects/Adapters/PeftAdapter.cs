using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json.Nodes;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats;
using CheckpointBuild.Models.Adapters;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.Adapters;

/// <summary>Reads PEFT's adapters: <c>adapter_config.json</c> and the tensors beside it.</summary>
internal static class PeftAdapter
{
    /// <summary>What stands before every name.</summary>
    internal const string Prefix = "base_model.model.";

    // What is trained in a module's place, and what a change is added to.
    private const string Weight = ".weight";
    private const string Bias = ".bias";
    private const string BaseLayer = ".base_layer";
    private static readonly string[] Saved = [".modules_to_save", ".modules_to_save.default"];
    private const string TokenRows = ".token_adapter.trainable_tokens_delta";

    // How names end, and what such a tensor is. Names in memory have the adapter's own name in them, which some tools wrote too.
    private static readonly (string Ending, string Part)[] Parts =
    [
        (".lora_A.weight", "lora_A"), (".lora_A.default.weight", "lora_A"),
        (".lora_B.weight", "lora_B"), (".lora_B.default.weight", "lora_B"),
        (".lora_B.bias", "lora_B.bias"), (".lora_B.default.bias", "lora_B.bias"),
        (".lora_embedding_A", "lora_embedding_A"), (".lora_embedding_A.default", "lora_embedding_A"),
        (".lora_embedding_B", "lora_embedding_B"), (".lora_embedding_B.default", "lora_embedding_B"),
        (".lora_magnitude_vector", "magnitude"), (".lora_magnitude_vector.weight", "magnitude"), (".lora_magnitude_vector.default.weight", "magnitude"), (".lora_magnitude_vector.default", "magnitude"),
    ];

    /// <summary>Puts an adapter together.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="path">Its weights file, for messages.</param>
    /// <param name="settings">Its configuration.</param>
    /// <param name="file">Its tensors.</param>
    /// <returns>The adapter.</returns>
    /// <exception cref="CheckpointException">CKPT2262 to CKPT2267 and CKPT2365 when file and configuration do not make an adapter.</exception>
    public static Adapter Read(string name, string path, PeftSettings settings, TensorFile file)
    {
        var parts = new AdapterParts(path);
        ImmutableArray<AdapterReplacement>.Builder replacements = ImmutableArray.CreateBuilder<AdapterReplacement>();
        ImmutableArray<AdapterTokenRows>.Builder rows = ImmutableArray.CreateBuilder<AdapterTokenRows>();
        foreach (Tensor tensor in file.Tensors)
        {
            string rest = tensor.Name.StartsWith(Prefix, StringComparison.Ordinal) ? tensor.Name[Prefix.Length..] : throw Errors.AdapterTensorUnknown(path, tensor.Name, $"a name that begins with {Prefix}");
            if (Parts.Where(p => rest.EndsWith(p.Ending, StringComparison.Ordinal)).Select(p => ((string, string)?)p).FirstOrDefault() is var (ending, part))
            {
                parts.Add(rest[..^ending.Length], part, tensor);
            }
            else if (rest.EndsWith(TokenRows, StringComparison.Ordinal))
            {
                string module = rest[..^TokenRows.Length];
                rows.Add(new AdapterTokenRows(module, settings.TokensOf(module), Float(path, tensor)));
            }
            else
            {
                replacements.Add(Replacement(path, rest, tensor));
            }
        }

        ImmutableArray<LowRankPair> pairs = [.. parts.Modules.Select(module => Pair(path, settings, parts, module))];
        if (pairs.IsEmpty && replacements.Count == 0 && rows.Count == 0)
        {
            throw Errors.NoAdapter(path, "the file holds no tensor");
        }

        return new Adapter
        {
            Name = name,
            Path = path,
            Pairs = pairs,
            Replacements = replacements.DrainToImmutable(),
            TokenRows = rows.DrainToImmutable(),
            Namings = OtherCuts.NamingsOf,
            Targets = PeftTargets.Of(settings),
            Wholes = PeftTargets.WholesOf(settings),
            BaseName = settings.BaseName,
            Settings = JsonObject.Create(settings.Root)!,
            Problems = [.. Noticed(path, settings, pairs)],
        };
    }

    private static LowRankPair Pair(string path, PeftSettings settings, AdapterParts parts, string module)
    {
        bool isEmbedding = (parts.Find(module, "lora_embedding_A") ?? parts.Find(module, "lora_embedding_B")) is not null;
        Tensor a = isEmbedding ? parts.Factor(module, "lora_embedding_A") : parts.Factor(module, "lora_A");
        Tensor b = isEmbedding ? parts.Factor(module, "lora_embedding_B") : parts.Factor(module, "lora_B");
        if (a.Rows != settings.RankOf(module))
        {
            throw Errors.AdapterShape(path, a.Name, a.Shape.ToString(), $"{settings.RankOf(module)} rows, the r of {PeftSettings.FileName},");
        }

        Tensor? magnitude = parts.Find(module, "magnitude");
        if (magnitude is not null && !settings.HasMagnitudes)
        {
            throw Errors.AdapterContradicted(path, $"module {Errors.Quote(module)} has a lora_magnitude_vector", $"use_dora is not true in {PeftSettings.FileName}");
        }

        return new LowRankPair(module, a, b)
        {
            Alpha = settings.AlphaOf(module),
            Divisor = settings.DivisorOf(module),
            IsEmbedding = isEmbedding,
            Magnitude = magnitude ?? (settings.HasMagnitudes ? throw Errors.AdapterIncomplete(path, module, "lora_magnitude_vector") : null),
            Bias = parts.Find(module, "lora_B.bias"),
        };
    }

    private static AdapterReplacement Replacement(string path, string rest, Tensor tensor)
    {
        string suffix = rest.EndsWith(Weight, StringComparison.Ordinal) ? Weight
            : rest.EndsWith(Bias, StringComparison.Ordinal) ? Bias
            : throw Errors.AdapterTensorUnknown(path, tensor.Name, "a factor, a magnitude, or a weight or bias that was trained as a whole");
        string module = rest[..^suffix.Length];
        bool isBase = module.EndsWith(BaseLayer, StringComparison.Ordinal);
        string wrapper = isBase ? BaseLayer : Array.Find(Saved, s => module.EndsWith(s, StringComparison.Ordinal)) ?? "";
        string plain = module[..^wrapper.Length];
        return new AdapterReplacement(plain + suffix, Float(path, tensor), isBase && suffix == Weight);
    }

    private static Tensor Float(string path, Tensor tensor) => tensor.DType.IsFloatingPoint ? tensor : throw Errors.AdapterDType(path, tensor.Name, tensor.DType.LongName);

    private static IEnumerable<Diagnostic> Noticed(string path, PeftSettings settings, ImmutableArray<LowRankPair> pairs)
    {
        if (settings.Unknown() is { Length: > 0 } unknown)
        {
            yield return Errors.AdapterSettingUnknown(settings.Path, unknown);
        }

        if (!pairs.IsEmpty && pairs.All(p => p.Magnitude is null && TensorComparison.IsZero(p.B)))
        {
            yield return Errors.AdapterUntrained(path);
        }
    }
}

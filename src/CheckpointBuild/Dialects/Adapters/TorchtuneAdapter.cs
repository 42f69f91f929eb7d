using System;
using System.Linq;
using System.Text.Json.Nodes;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects.Torchtune;
using CheckpointBuild.Formats;
using CheckpointBuild.Models.Adapters;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.Adapters;

/// <summary>Reads torchtune's adapters, in its own names and arrangement: <c>adapter_N.pt</c>, <c>adapter_model.pt</c>. Rank and alpha stand in the <c>adapter_config.json</c> beside the file.</summary>
internal static class TorchtuneAdapter
{
    /// <summary>How the names of the factor A end.</summary>
    internal const string FactorA = ".lora_a.weight";

    /// <summary>How the names of the factor B end.</summary>
    internal const string FactorB = ".lora_b.weight";

    /// <summary>How the names of lengths end (DoRA).</summary>
    internal const string Magnitude = ".magnitude";

    private static readonly string[] Endings = [FactorA, FactorB, Magnitude];

    private static readonly (string Tune, string Peft)[] Names = [("output_proj", "o_proj"), ("w1", "gate_proj"), ("w2", "down_proj"), ("w3", "up_proj"), ("output", "lm_head"), ("tok_embeddings", "embed_tokens")];

    /// <summary>Whether a file's tensors are an adapter's in torchtune's names.</summary>
    /// <param name="file">The file.</param>
    /// <returns>True when a factor A is among them.</returns>
    public static bool Recognizes(TensorFile file) => file.Tensors.Any(t => t.Name.EndsWith(FactorA, StringComparison.Ordinal));

    /// <summary>Puts an adapter together.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="path">Its weights file, for messages.</param>
    /// <param name="settings">The configuration beside it, or null.</param>
    /// <param name="file">Its tensors.</param>
    /// <returns>The adapter.</returns>
    /// <exception cref="CheckpointException">CKPT2268 without a configuration, CKPT2262 to CKPT2267 and CKPT2365 when file and configuration do not make an adapter.</exception>
    public static Adapter Read(string name, string path, PeftSettings? settings, TensorFile file)
    {
        PeftSettings stated = settings ?? throw Errors.AdapterScaleUnknown(path);
        if (stated.Foreign() is { } foreign)
        {
            throw Errors.AdapterContradicted(path, "the file is torchtune's, which has one rank, scales by alpha / rank and trains no tensor as a whole", $"{PeftSettings.FileName} sets {foreign}");
        }

        var parts = new AdapterParts(path);
        foreach (Tensor tensor in file.Tensors)
        {
            string ending = Array.Find(Endings, e => tensor.Name.EndsWith(e, StringComparison.Ordinal)) ?? throw Errors.AdapterTensorUnknown(path, tensor.Name, string.Join(", ", Endings));
            parts.Add(tensor.Name[..^ending.Length], ending[1..], tensor);
        }

        return new Adapter
        {
            Name = name,
            Path = path,
            Pairs = [.. parts.Modules.Select(module => Pair(path, stated, parts, module))],
            Namings = TorchtuneNames.AllOf,
            Rounding = LoraRounding.Torchtune,
            Targets = PeftTargets.Of(stated) is { } targets ? (module, kind) => targets(module, kind) || targets(PeftNameOf(module), kind) : null,
            BaseName = stated.BaseName,
            Settings = JsonObject.Create(stated.Root)!,
        };
    }

    // The configuration that torchtune writes names modules as PEFT does.
    private static string PeftNameOf(string module)
    {
        string[] parts = module.Split('.');
        int at = Array.FindIndex(Names, n => n.Tune == parts[^1]);
        parts[^1] = at < 0 ? parts[^1] : Names[at].Peft;
        return string.Join('.', parts.Prepend("model")).Replace(".attn.", ".self_attn.", StringComparison.Ordinal);
    }

    // torchtune has one rank and one alpha for all modules, and scales by alpha / rank. It states nowhere that a file has lengths.
    private static LowRankPair Pair(string path, PeftSettings settings, AdapterParts parts, string module)
    {
        Tensor a = parts.Factor(module, FactorA[1..]), b = parts.Factor(module, FactorB[1..]);
        Tensor? magnitude = parts.Find(module, Magnitude[1..]);
        if (magnitude is null ? settings.HasMagnitudes : settings.DeniesMagnitudes)
        {
            throw magnitude is null ? Errors.AdapterIncomplete(path, module, Magnitude[1..]) : Errors.AdapterContradicted(path, $"module {Errors.Quote(module)} has a magnitude", $"use_dora is false in {PeftSettings.FileName}");
        }

        return a.Rows == settings.Rank
            ? new LowRankPair(module, a, b) { Alpha = settings.Alpha, Divisor = settings.Rank, Magnitude = magnitude }
            : throw Errors.AdapterShape(path, a.Name, a.Shape.ToString(), $"{settings.Rank} rows, the r of {PeftSettings.FileName},");
    }
}

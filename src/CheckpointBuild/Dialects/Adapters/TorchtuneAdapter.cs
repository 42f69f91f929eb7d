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
    /// <exception cref="CheckpointException">CKPT2268 without a configuration, CKPT2262 to CKPT2267 when file and configuration do not make an adapter.</exception>
    public static Adapter Read(string name, string path, PeftSettings? settings, TensorFile file)
    {
        PeftSettings stated = settings ?? throw Errors.AdapterScaleUnknown(path);
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
            BaseName = stated.BaseName,
            Settings = JsonObject.Create(stated.Root)!,
        };
    }

    // torchtune has one rank and one alpha for all modules, and scales by alpha / rank.
    private static LowRankPair Pair(string path, PeftSettings settings, AdapterParts parts, string module)
    {
        Tensor a = parts.Factor(module, FactorA[1..]), b = parts.Factor(module, FactorB[1..]);
        return a.Rows == settings.Rank
            ? new LowRankPair(module, a, b) { Alpha = settings.Alpha, Divisor = settings.Rank, Magnitude = parts.Find(module, Magnitude[1..]) }
            : throw Errors.AdapterShape(path, a.Name, a.Shape.ToString(), $"{settings.Rank} rows, the r of {PeftSettings.FileName},");
    }
}

using System.Collections.Generic;
using System.IO;
using System.Linq;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Benchmarks;

/// <summary>Writes a PEFT adapter over all linear modules of a generated Llama.</summary>
internal static class AdapterGenerator
{
    /// <summary>The LoRA rank.</summary>
    internal const int Rank = 16;

    /// <summary>Writes the folder.</summary>
    /// <param name="size">The model's shape.</param>
    /// <param name="folder">Where it goes.</param>
    public static void Write(ModelSize size, string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "adapter_config.json"), $$"""{"peft_type": "LORA", "r": {{Rank}}, "lora_alpha": 32, "target_modules": "all-linear"}""");
        FilePlan plan = Format.Safetensors.Plan("adapter_model.safetensors", new TensorFile(new TensorTable(Enumerable.Range(0, size.Layers).SelectMany(layer => Factors(size, layer))), new Metadata().Add("format", "pt")));
        new Building.Builder(new Building.BuilderOptions { Hashing = Building.OutputHashing.None }).Build(new Dialects.DirectoryPlan([plan], []), folder, default);
    }

    private static IEnumerable<Tensor> Factors(ModelSize size, int layer)
    {
        int keys = size.Hidden / size.Heads * size.KeyValueHeads;
        (string Module, int Outputs, int Inputs)[] modules =
        [
            ("self_attn.q_proj", size.Hidden, size.Hidden), ("self_attn.k_proj", keys, size.Hidden), ("self_attn.v_proj", keys, size.Hidden), ("self_attn.o_proj", size.Hidden, size.Hidden),
            ("mlp.gate_proj", size.FeedForward, size.Hidden), ("mlp.up_proj", size.FeedForward, size.Hidden), ("mlp.down_proj", size.Hidden, size.FeedForward),
        ];
        foreach ((string module, int outputs, int inputs) in modules)
        {
            string name = $"base_model.model.model.layers.{layer}.{module}";
            yield return Named($"{name}.lora_A.weight", Rank, inputs);
            yield return Named($"{name}.lora_B.weight", outputs, Rank);
        }
    }

    private static Tensor Named(string name, int rows, int columns) => Renamed.Of(Converted.Of(CheckpointGenerator.Matrix(rows, columns), DType.F32), name);
}

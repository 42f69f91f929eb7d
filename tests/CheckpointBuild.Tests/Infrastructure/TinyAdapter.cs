using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using CheckpointBuild.Building;
using CheckpointBuild.Dialects;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using CheckpointBuild.Tests.Laws;

namespace CheckpointBuild.Tests.Infrastructure;

/// <summary>A PEFT adapter for <see cref="TinyLlama"/>: changes of rank 2 of the queries and upward projections of both layers.</summary>
internal sealed record TinyAdapter
{
    private const string Prefix = "base_model.model.";
    private const int Rank = 2;

    /// <summary>Changes the configuration before it is written.</summary>
    public Action<JsonObject> Configure { get; init; } = _ => { };

    /// <summary>Changes names and shapes of the tensors before they are written.</summary>
    public Action<Dictionary<string, long[]>> Change { get; init; } = _ => { };

    /// <summary>Changes the values of a tensor before they are written.</summary>
    public Action<string, float[]> Spoil { get; init; } = (_, _) => { };

    /// <summary>Seeds the values.</summary>
    public ulong Seed { get; init; } = 100;

    /// <summary>Writes the folder.</summary>
    /// <param name="folder">Where it goes.</param>
    /// <returns>The same folder.</returns>
    public string Write(string folder)
    {
        Directory.CreateDirectory(folder);
        var config = new JsonObject { ["peft_type"] = "LORA", ["r"] = Rank, ["lora_alpha"] = 4, ["target_modules"] = new JsonArray("q_proj", "up_proj"), ["base_model_name_or_path"] = "tiny" };
        Configure(config);
        File.WriteAllText(Path.Combine(folder, "adapter_config.json"), config.ToJsonString());

        var shapes = new Dictionary<string, long[]>();
        foreach (int layer in new[] { 0, 1 })
        {
            Pair($"model.layers.{layer}.self_attn.q_proj", 64, 64);
            Pair($"model.layers.{layer}.mlp.up_proj", 96, 64);
        }

        Change(shapes);
        TensorTable tensors = new(shapes.Select((s, i) => Values(s.Key, s.Value, Seed + (ulong)i)));
        FilePlan plan = Format.Safetensors.Plan("adapter_model.safetensors", new TensorFile(tensors, new Metadata().Add("format", "pt")));
        new Builder(new BuilderOptions { Durability = Durability.Cached }).Build(new DirectoryPlan([plan], []), folder, default);
        return folder;

        void Pair(string module, long outputs, long inputs)
        {
            shapes[$"{Prefix}{module}.lora_A.weight"] = [Rank, inputs];
            shapes[$"{Prefix}{module}.lora_B.weight"] = [outputs, Rank];
        }
    }

    private Stored Values(string name, long[] shape, ulong seed)
    {
        var random = new SeededRandom(seed);
        float[] values = [.. Enumerable.Range(0, (int)new Shape(shape).ElementCount).Select(_ => random.NextWeight())];
        Spoil(name, values);
        return new Stored(name, DType.F32, new Shape(shape), new ArraySource(DTypeRows.Encode(DType.F32, values, values.Length).Bytes), 0);
    }
}

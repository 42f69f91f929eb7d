using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;

namespace CheckpointBuild.EngineStandIn;

/// <summary>Stands in for <c>trtllm-build</c> and <c>nvidia-smi</c> where neither is: takes their arguments, reads a checkpoint as strictly as the builder does, and writes the folder that it would write, with a record instead of engines.</summary>
internal static class Program
{
    private static string Version => Environment.GetEnvironmentVariable("STANDIN_VERSION") ?? "0.16.0";

    private static string Fault => Environment.GetEnvironmentVariable("STANDIN_FAULT") ?? "";

    private static int Main(string[] arguments)
    {
        if (arguments.Any(a => a.StartsWith("--query-gpu", StringComparison.Ordinal)))
        {
            Console.WriteLine(Environment.GetEnvironmentVariable("STANDIN_GPU") ?? "NVIDIA Stand-In, 8.0");
            return 0;
        }

        // As the package says it whenever it is imported.
        Console.WriteLine(Version.Length > 0 ? $"[TensorRT-LLM] TensorRT-LLM version: {Version}" : "usage: trtllm-build");
        if (arguments.Contains("--help"))
        {
            return 0;
        }

        try
        {
            return Build(Flags.Parse(arguments));
        }
        catch (InvalidDataException e)
        {
            Console.Error.WriteLine($"RuntimeError: {e.Message}");
            return 1;
        }
    }

    private static int Build(IReadOnlyDictionary<string, string> flags)
    {
        string checkpoint = flags["--checkpoint_dir"], output = flags["--output_dir"];
        JsonObject config = JsonNode.Parse(File.ReadAllText(Path.Combine(checkpoint, "config.json")))!.AsObject();
        int ranks = config["mapping"]!["world_size"]!.GetValue<int>();
        var model = new ExpectedModel(config);
        Directory.CreateDirectory(output);
        for (int rank = 0; rank < ranks; rank++)
        {
            string file = Path.Combine(checkpoint, $"rank{model.FileOf(rank)}.safetensors");
            IReadOnlyList<RankTensor> tensors = RankFile.Read(file);
            model.Check(rank, tensors);
            Console.WriteLine($"[TRT-LLM] [I] rank {rank}: {tensors.Count} tensors");
            if (Fault != "missing" || rank < ranks - 1)
            {
                File.WriteAllLines(Path.Combine(output, $"rank{rank}.engine"), tensors.Select(t => t.ToString()));
            }
        }

        if (Fault == "memory")
        {
            Console.Error.WriteLine("[TRT] [E] 1: [defaultAllocator.cpp::allocate::31] Error Code 1: Cuda Runtime (out of memory)");
            return 1;
        }

        if (Fault == "checkpoint")
        {
            throw new InvalidDataException("Required but not provided tensors:{'transformer.layers.0.attention.kv_cache_scaling_factor'}");
        }

        if (Fault == "libraries")
        {
            Console.Error.WriteLine("[TRT] [E] IRuntime::deserializeCudaEngine: Error Code 1: Serialization assertion stdVersionRead == kSERIALIZATION_VERSION failed. Version tag does not match.");
            return 1;
        }

        if (Fault == "crash")
        {
            Console.Error.WriteLine("Segmentation fault");
            return 139;
        }

        JsonObject pretrained = config.DeepClone().AsObject();
        if (Fault == "ranks")
        {
            pretrained["mapping"]!["world_size"] = ranks + 1;
        }

        var settings = new JsonObject(flags.OrderBy(f => f.Key, StringComparer.Ordinal).Where(f => !f.Key.EndsWith("_dir", StringComparison.Ordinal)).Select(f => KeyValuePair.Create<string, JsonNode?>(f.Key, f.Value)))
        {
            ["BUILDER_FORCE_NUM_PROFILES"] = Environment.GetEnvironmentVariable("BUILDER_FORCE_NUM_PROFILES"),
        };
        File.WriteAllText(Path.Combine(output, "config.json"), new JsonObject { ["version"] = Fault == "version" ? "0.9.0" : Version, ["pretrained_config"] = pretrained, ["build_config"] = settings }.ToJsonString());

        // Where it runs, as the tool does.
        File.WriteAllText("model.cache", "timings");
        return 0;
    }
}

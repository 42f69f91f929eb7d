using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using CheckpointBuild.Building;
using CheckpointBuild.DTypes;
using CheckpointBuild.Quantization;
using LLama;
using LLama.Native;

namespace CheckpointBuild.Benchmarks;

/// <summary>Processor time of quantizing beside llama.cpp's quantizer: whole processes in turn, one thread each, the same weights (ours from bfloat16 by way of float16, theirs from the float16 file that it needs first).</summary>
internal static class QuantizeRatio
{
    /// <summary>Measures and prints.</summary>
    /// <param name="size">The model's shape.</param>
    /// <param name="folder">Scratch folder; a generated checkpoint in it is used again.</param>
    /// <param name="kind">The kind of file: <c>q8_0</c>, <c>q4_k_m</c>.</param>
    /// <param name="runs">Pairs of runs.</param>
    public static void Run(ModelSize size, string folder, string kind, int runs)
    {
        folder = Path.GetFullPath(folder);
        string checkpoint = Path.Combine(folder, $"llama-{size.Name}");
        CheckpointGenerator.Write(size, checkpoint);
        string half = Path.Combine(folder, "half");
        Build(checkpoint, half, new Recipe { Engine = "gguf", DType = DType.F16 }, Environment.ProcessorCount);
        string self = Path.Combine(AppContext.BaseDirectory, "CheckpointBuild.Benchmarks");

        var ratios = new List<double>();
        for (int run = 0; run <= runs; run++)
        {
            MeasuredProcess theirs = MeasuredProcess.Run(self, "child-llama-quantize", Path.Combine(half, $"llama-{size.Name}.gguf"), Path.Combine(folder, "theirs.gguf"), kind);
            MeasuredProcess ours = MeasuredProcess.Run(self, "child-quantize", checkpoint, Path.Combine(folder, "ours"), kind);
            if (run > 0)
            {
                ratios.Add(theirs.ProcessorSeconds / ours.ProcessorSeconds);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"llama-quantize {theirs.ProcessorSeconds:F2} core-seconds, ours {ours.ProcessorSeconds:F2} (peak {ours.PeakBytes / 1048576.0:F0} MiB)"));
            }
        }

        File.Delete(Path.Combine(folder, "theirs.gguf"));
        Directory.Delete(Path.Combine(folder, "ours"), recursive: true);
        Directory.Delete(half, recursive: true);
        double[] sorted = [.. ratios.Order()];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kind}, {size.Name}: {sorted[sorted.Length / 2]:F2} x llama-quantize per core ({sorted[0]:F2} to {sorted[^1]:F2}; required 2)"));
    }

    /// <summary>llama.cpp's quantizer on one thread.</summary>
    /// <param name="source">A float16 GGUF file.</param>
    /// <param name="target">The quantized file.</param>
    /// <param name="kind">The kind of file.</param>
    public static void Reference(string source, string target, string kind)
    {
        // Any call into the library finds and loads it; the quantizer alone does not.
        NativeApi.llama_empty_call();
        if (!LLamaQuantizer.Quantize(source, target, (LLamaFtype)GgufFileType.Find(kind)!.Number, nthread: 1))
        {
            throw new InvalidOperationException("llama.cpp's quantizer failed.");
        }
    }

    /// <summary>Our build on one thread, in one pass from the checkpoint; files are left to the system as llama.cpp leaves them, and not hashed.</summary>
    /// <param name="checkpoint">The source.</param>
    /// <param name="output">The directory.</param>
    /// <param name="kind">The kind of file.</param>
    public static void Ours(string checkpoint, string output, string kind) => Build(checkpoint, output, new Recipe { Engine = "gguf", Quantization = kind }, 1);

    private static void Build(string checkpoint, string output, Recipe recipe, int workers)
    {
        using EngineBuild build = EngineBuild.Open(checkpoint, recipe, new SourceHashes(Path.Combine(Path.GetDirectoryName(checkpoint)!, "hashes")));
        build.Run(output, new BuilderOptions { Workers = workers, Durability = Durability.Cached, Hashing = OutputHashing.None }, HashTrust.Remembered, default);
    }
}

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using CheckpointBuild.Building;
using CheckpointBuild.Dialects;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Benchmarks;

/// <summary>How fast a PyTorch container becomes safetensors beside <c>cp</c> of the same bytes: whole processes in turn, medians of ratios; and the memory it takes.</summary>
internal static class ConvertRatio
{
    private const string Weights = "pytorch_model.bin";

    /// <summary>Measures and prints.</summary>
    /// <param name="size">The model's shape.</param>
    /// <param name="folder">Scratch folder; a generated checkpoint in it is used again.</param>
    /// <param name="runs">Pairs of runs.</param>
    public static void Run(ModelSize size, string folder, int runs)
    {
        folder = Path.GetFullPath(folder);
        string checkpoint = Generate(size, folder);
        string source = Path.Combine(checkpoint, Weights), hashes = Path.Combine(folder, "hashes");
        var ratios = new List<double>();
        long peak = 0;
        for (int run = 0; run <= runs; run++)
        {
            string copy = Path.Combine(folder, "copy"), output = Path.Combine(folder, "converted");
            File.Delete(copy);
            double seconds = MeasuredProcess.Run("cp", source, copy).Seconds + MeasuredProcess.Run("sync", copy).Seconds;
            File.Delete(copy);
            MeasuredProcess build = MeasuredProcess.Run(Path.Combine(AppContext.BaseDirectory, "CheckpointBuild.Benchmarks"), "child-convert", checkpoint, output, hashes);
            Directory.Delete(output, recursive: true);
            if (run > 0)
            {
                ratios.Add(seconds / build.Seconds);
                peak = Math.Max(peak, build.PeakBytes);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"cp {seconds:F2} s, convert {build.Seconds:F2} s ({build.ProcessorSeconds:F2} cpu)"));
            }
        }

        double[] sorted = [.. ratios.Order()];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"llama-{size.Name}.bin -> safetensors, flushed, sources known, output hashed, every checksum held: {sorted[sorted.Length / 2]:F2} x cp ({sorted[0]:F2} to {sorted[^1]:F2}), peak {peak / 1048576.0:F0} MiB"));
    }

    /// <summary>Converts once: what the measured process does.</summary>
    /// <param name="checkpoint">The source.</param>
    /// <param name="output">The folder.</param>
    /// <param name="hashes">Where hashes of sources are remembered.</param>
    public static void Child(string checkpoint, string output, string hashes)
    {
        using EngineBuild build = EngineBuild.Open(checkpoint, new Recipe { Engine = "huggingface" }, new SourceHashes(hashes));
        build.Run(output, new BuilderOptions(), HashTrust.Remembered, default);
    }

    private static string Generate(ModelSize size, string folder)
    {
        string safe = Path.Combine(folder, $"llama-{size.Name}"), folderOfBin = Path.Combine(folder, $"llama-{size.Name}-bin");
        if (File.Exists(Path.Combine(folderOfBin, Weights)))
        {
            return folderOfBin;
        }

        CheckpointGenerator.Write(size, safe);
        Directory.CreateDirectory(folderOfBin);
        foreach (string file in (string[])["config.json", "tokenizer.json"])
        {
            File.Copy(Path.Combine(safe, file), Path.Combine(folderOfBin, file), overwrite: true);
        }

        using var source = new FileSource(Path.Combine(safe, "model.safetensors"));
        FilePlan plan = Format.PyTorch.Plan(Weights, new TensorFile(Format.Safetensors.Read(source).Tensors, new Metadata()));
        new Builder(new BuilderOptions { Hashing = OutputHashing.None }).Build(new DirectoryPlan([plan], []), folderOfBin, default);
        return folderOfBin;
    }
}

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using CheckpointBuild.Building;

namespace CheckpointBuild.Benchmarks;

/// <summary>How fast an adapter of rank 16 over all linear modules is merged beside <c>cp</c> of the same bytes: whole processes in turn, both flushed, medians of ratios; and the memory it takes.</summary>
internal static class MergeRatio
{
    /// <summary>Measures and prints.</summary>
    /// <param name="size">The model's shape.</param>
    /// <param name="folder">Scratch folder; a generated checkpoint in it is used again.</param>
    /// <param name="runs">Pairs of runs.</param>
    public static void Run(ModelSize size, string folder, int runs)
    {
        folder = Path.GetFullPath(folder);
        string checkpoint = Path.Combine(folder, $"llama-{size.Name}"), adapter = Path.Combine(folder, $"adapter-{size.Name}"), output = Path.Combine(folder, "merged");
        CheckpointGenerator.Write(size, checkpoint);
        AdapterGenerator.Write(size, adapter);
        string source = Path.Combine(checkpoint, "model.safetensors"), self = Path.Combine(AppContext.BaseDirectory, "CheckpointBuild.Benchmarks");
        var ratios = new List<double>();
        long peak = 0;
        for (int run = 0; run <= runs; run++)
        {
            double copy = BuildRatio.Copy(source, Path.Combine(folder, "copy"), flushed: true);
            MeasuredProcess merge = MeasuredProcess.Run(self, "child-merge", checkpoint, adapter, output);
            Directory.Delete(output, recursive: true);
            if (run > 0)
            {
                ratios.Add(copy / merge.Seconds);
                peak = Math.Max(peak, merge.PeakBytes);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"cp {copy:F2} s, merge {merge.Seconds:F2} s ({merge.ProcessorSeconds:F2} cpu)"));
            }
        }

        double[] sorted = [.. ratios.Order()];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"merge, rank {AdapterGenerator.Rank}, {size.Name}: {sorted[sorted.Length / 2]:F2} x cp ({sorted[0]:F2} to {sorted[^1]:F2}; required 0.3), peak {peak / 1048576.0:F0} MiB"));
    }

    /// <summary>One merge, as the tool does it.</summary>
    /// <param name="checkpoint">The base.</param>
    /// <param name="adapter">The adapter.</param>
    /// <param name="output">The directory.</param>
    public static void Child(string checkpoint, string adapter, string output)
    {
        Recipe recipe = RecipeField.Find("Adapter")!.Set(new Recipe { Engine = "huggingface" }, adapter);
        using EngineBuild build = EngineBuild.Open(checkpoint, recipe, new SourceHashes(Path.Combine(Path.GetDirectoryName(checkpoint)!, "hashes")));
        build.Run(output, new BuilderOptions(), HashTrust.Remembered, default);
    }
}

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace CheckpointBuild.Benchmarks;

/// <summary>How fast a float16 GGUF build is beside <c>cp</c> of the same bytes: whole processes in turn, like with like, medians of ratios; and the memory it takes.</summary>
internal static class BuildRatio
{
    private sealed record Variant(string Name, bool Flushed, string Hashing, bool Hashed);

    private static readonly Variant[] Variants =
    [
        new("flushed, sources known, output hashed (required 0.6)", true, "Sha256", true),
        new("flushed, sources known, output not hashed (aim 0.9)", true, "None", true),
        new("flushed, first build ever (everything hashed)", true, "Sha256", false),
        new("not flushed, sources known, output hashed", false, "Sha256", true),
        new("not flushed, sources known, output not hashed", false, "None", true),
    ];

    /// <summary>Measures and prints.</summary>
    /// <param name="size">The model's shape.</param>
    /// <param name="folder">Scratch folder; a generated checkpoint in it is used again.</param>
    /// <param name="runs">Pairs of runs per variant.</param>
    public static void Run(ModelSize size, string folder, int runs)
    {
        folder = Path.GetFullPath(folder);
        string checkpoint = Path.Combine(folder, $"llama-{size.Name}");
        CheckpointGenerator.Write(size, checkpoint);
        string source = Path.Combine(checkpoint, "model.safetensors");
        string hashes = Path.Combine(folder, "hashes");
        long bytes = new FileInfo(source).Length;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"llama-{size.Name}: {bytes:N0} bytes, {Environment.ProcessorCount} cores, {runs} pairs each"));

        foreach (Variant variant in Variants)
        {
            var ratios = new List<double>();
            long peak = 0;
            string last = "";
            for (int run = 0; run <= runs; run++)
            {
                double copy = Copy(source, Path.Combine(folder, "copy"), variant.Flushed);
                MeasuredProcess build = Build(checkpoint, Path.Combine(folder, "engine"), variant, hashes);
                if (run > 0)
                {
                    ratios.Add(copy / build.Seconds);
                    peak = Math.Max(peak, build.PeakBytes);
                    last = string.Create(CultureInfo.InvariantCulture, $"cp {copy:F2} s, build {build.Seconds:F2} s ({build.ProcessorSeconds:F2} cpu)");
                }
            }

            double[] sorted = [.. ratios.Order()];
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{variant.Name}: {sorted[sorted.Length / 2]:F2} x cp ({sorted[0]:F2} to {sorted[^1]:F2}), peak {peak / 1048576.0:F0} MiB; last pair: {last}"));
        }
    }

    /// <summary>Copies a file in a process of its own.</summary>
    /// <param name="source">The file.</param>
    /// <param name="target">The copy, which is removed afterwards.</param>
    /// <param name="flushed">Whether it must lie on the disk at the end.</param>
    /// <returns>Seconds.</returns>
    internal static double Copy(string source, string target, bool flushed)
    {
        File.Delete(target);
        double seconds = MeasuredProcess.Run("cp", source, target).Seconds + (flushed ? MeasuredProcess.Run("sync", target).Seconds : 0);
        File.Delete(target);
        return seconds;
    }

    private static MeasuredProcess Build(string checkpoint, string output, Variant variant, string hashes)
    {
        Directory.CreateDirectory(output);
        MeasuredProcess result = MeasuredProcess.Run(Path.Combine(AppContext.BaseDirectory, "CheckpointBuild.Benchmarks"), "child-build", checkpoint, output, variant.Flushed ? "Flushed" : "Cached", variant.Hashing, variant.Hashed ? hashes : "none");
        Directory.Delete(output, recursive: true);
        return result;
    }
}

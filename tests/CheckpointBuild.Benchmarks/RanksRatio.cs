using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using CheckpointBuild.Building;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Benchmarks;

/// <summary>How fast two float16 ranks of TensorRT-LLM are made beside <c>cp</c> of the bytes written: whole processes in turn, medians of ratios; the memory it takes, and how often the source is read.</summary>
internal static class RanksRatio
{
    private const int Ranks = 2;

    /// <summary>Measures and prints.</summary>
    /// <param name="size">The model's shape.</param>
    /// <param name="folder">Scratch folder; a generated checkpoint in it is used again.</param>
    /// <param name="runs">Pairs of runs.</param>
    public static void Run(ModelSize size, string folder, int runs)
    {
        folder = Path.GetFullPath(folder);
        string checkpoint = Path.Combine(folder, $"llama-{size.Name}"), output = Path.Combine(folder, "ranks"), copies = Path.Combine(folder, "copies"), hashes = Path.Combine(folder, "hashes");
        CheckpointGenerator.Write(size, checkpoint);
        var ratios = new List<double>();
        (long peak, long written) = (0, 0);
        for (int run = 0; run <= runs; run++)
        {
            MeasuredProcess build = MeasuredProcess.Run(Path.Combine(AppContext.BaseDirectory, "CheckpointBuild.Benchmarks"), "child-ranks", checkpoint, output, hashes);
            string[] ranks = Directory.GetFiles(output, "rank*.safetensors");
            written = ranks.Sum(f => new FileInfo(f).Length);
            double copy = Copy(ranks, copies);
            Directory.Delete(output, recursive: true);
            if (run > 0)
            {
                ratios.Add(copy / build.Seconds);
                peak = Math.Max(peak, build.PeakBytes);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"cp {copy:F2} s, ranks {build.Seconds:F2} s ({build.ProcessorSeconds:F2} cpu)"));
            }
        }

        double[] sorted = [.. ratios.Order()];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"llama-{size.Name} -> {Ranks} float16 ranks, {written:N0} bytes, flushed, sources known, output hashed (required 0.6): {sorted[sorted.Length / 2]:F2} x cp ({sorted[0]:F2} to {sorted[^1]:F2}), peak {peak / 1048576.0:F0} MiB"));
    }

    /// <summary>Builds once: what the measured process does.</summary>
    /// <param name="checkpoint">The source.</param>
    /// <param name="output">The folder.</param>
    /// <param name="hashes">Where hashes of sources are remembered.</param>
    public static void Child(string checkpoint, string output, string hashes)
    {
        using EngineBuild build = EngineBuild.Open(checkpoint, new Recipe { Engine = "tensorrt-llm", DType = DType.F16, TensorParallel = Ranks }, new SourceHashes(hashes));
        build.Run(output, new BuilderOptions(), HashTrust.Remembered, default);
    }

    private static double Copy(string[] files, string folder)
    {
        Directory.CreateDirectory(folder);
        double seconds = MeasuredProcess.Run(["cp", .. files, folder]).Seconds + MeasuredProcess.Run(["sync", .. files.Select(f => Path.Combine(folder, Path.GetFileName(f)))]).Seconds;
        Directory.Delete(folder, recursive: true);
        return seconds;
    }
}

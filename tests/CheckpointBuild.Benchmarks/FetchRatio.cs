using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using CheckpointBuild.Tests.Acquisition;

namespace CheckpointBuild.Benchmarks;

/// <summary>How fast <c>ckpt fetch</c> is beside <c>curl</c> of the same bytes: whole processes in turn against one local server, ours with verification and the shared cache's layout, curl's with neither.</summary>
internal static class FetchRatio
{
    private const string Repository = "bench/model";

    /// <summary>Measures and prints.</summary>
    /// <param name="megabytes">Size of the one file.</param>
    /// <param name="folder">Scratch folder.</param>
    /// <param name="runs">Pairs of runs.</param>
    /// <returns>When all is measured.</returns>
    public static async Task RunAsync(int megabytes, string folder, int runs)
    {
        folder = Path.GetFullPath(folder);
        Directory.CreateDirectory(folder);
        ServedFile file = ServedFile.Large("model.safetensors", megabytes * 1_000_000, 1);
        await using HubServer server = await HubServer.StartAsync(ServedRepository.Of(Repository, file));
        string home = Path.Combine(folder, "home");
        string copy = Path.Combine(folder, "copy");
        var ratios = new List<double>();
        long peak = 0;
        for (int run = 0; run <= runs; run++)
        {
            double curl = MeasuredProcess.Run("curl", "-s", "-S", "-L", "-o", copy, $"{server.Endpoint}{Repository}/resolve/main/{file.Path}").Seconds;
            File.Delete(copy);
            MeasuredProcess ours = MeasuredProcess.Run("env", $"HF_HOME={home}", $"HF_ENDPOINT={server.Endpoint}", "dotnet", Path.Combine(AppContext.BaseDirectory, "ckpt.dll"), "fetch", $"hf:{Repository}");
            Directory.Delete(home, recursive: true);
            if (run > 0)
            {
                ratios.Add(curl / ours.Seconds);
                peak = Math.Max(peak, ours.PeakBytes);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"curl {curl:F2} s, ckpt fetch {ours.Seconds:F2} s ({ours.ProcessorSeconds:F2} cpu, peak {ours.PeakBytes / 1048576.0:F0} MiB)"));
            }
        }

        double[] sorted = [.. ratios.Order()];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{megabytes} MB: {sorted[sorted.Length / 2]:F2} x curl ({sorted[0]:F2} to {sorted[^1]:F2}; required 0.7), peak {peak / 1048576.0:F0} MiB"));
    }
}

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using CheckpointBuild.Tests.Acquisition;

namespace CheckpointBuild.Benchmarks;

/// <summary>What converting weights while they arrive costs beside the slower of download and conversion alone: whole processes in turn against one local server.</summary>
internal static class FusedRatio
{
    private const string Repository = "bench/model";
    private const int PieceBytes = 1 << 18;

    /// <summary>Measures and prints.</summary>
    /// <param name="size">The model's shape.</param>
    /// <param name="folder">Scratch folder.</param>
    /// <param name="quantization">What is built.</param>
    /// <param name="megabytesPerSecond">What the server sends at most, all connections together; 0 = as fast as it can.</param>
    /// <param name="runs">Rounds; each runs download, conversion and both at once.</param>
    /// <returns>When all is measured.</returns>
    public static async Task RunAsync(ModelSize size, string folder, string quantization, int megabytesPerSecond, int runs)
    {
        folder = Path.GetFullPath(folder);
        string checkpoint = Path.Combine(folder, size.Name);
        CheckpointGenerator.Write(size, checkpoint);
        ServedFile[] files = [.. Directory.EnumerateFiles(checkpoint).Select(f => new ServedFile(Path.GetFileName(f), File.ReadAllBytes(f), f.EndsWith(".safetensors", StringComparison.Ordinal)))];
        await using HubServer server = await HubServer.StartAsync(ServedRepository.Of(Repository, files));
        var pace = new Pace(megabytesPerSecond);
        server.Write = pace.WriteAsync;
        (string home, string cache, string output) = (Path.Combine(folder, "home"), Path.Combine(folder, "cache"), Path.Combine(folder, "out"));
        string[] tool = ["env", $"HF_HOME={home}", $"HF_ENDPOINT={server.Endpoint}", $"XDG_CACHE_HOME={cache}", "dotnet", Path.Combine(AppContext.BaseDirectory, "ckpt.dll")];
        string[] build = [.. tool, "build", $"hf:{Repository}", "--engine", "gguf", "--quantization", quantization, "--output", output];
        var ratios = new List<double>();
        long peak = 0;
        for (int run = 0; run <= runs; run++)
        {
            MeasuredProcess download = MeasuredProcess.Run([.. tool, "fetch", $"hf:{Repository}"]);
            MeasuredProcess conversion = MeasuredProcess.Run([.. build, "--offline"]);
            Remove(home, cache, output);
            MeasuredProcess fused = MeasuredProcess.Run(build);
            Remove(home, cache, output);
            double ratio = fused.Seconds / Math.Max(download.Seconds, conversion.Seconds);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"download {download.Seconds:F2} s ({download.ProcessorSeconds:F2} cpu), conversion {conversion.Seconds:F2} s ({conversion.ProcessorSeconds:F2} cpu), fused {fused.Seconds:F2} s ({fused.ProcessorSeconds:F2} cpu, peak {fused.PeakBytes / 1048576.0:F0} MiB): {ratio:F2} of the slower"));
            if (run > 0)
            {
                ratios.Add(ratio);
                peak = Math.Max(peak, fused.PeakBytes);
            }
        }

        double[] sorted = [.. ratios.Order()];
        string speed = megabytesPerSecond == 0 ? "as fast as it goes" : $"{megabytesPerSecond} MB/s";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{size.Name} {quantization}, {speed}: fused is {sorted[sorted.Length / 2]:F2} of the slower of the two ({sorted[0]:F2} to {sorted[^1]:F2}; at most 1.15), peak {peak / 1048576.0:F0} MiB (at most 300)"));
    }

    private static void Remove(params string[] folders)
    {
        foreach (string folder in folders.Where(Directory.Exists))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A wire that all answers share.</summary>
    private sealed class Pace(int megabytesPerSecond)
    {
        private readonly System.Threading.Lock _lock = new();
        private long _free = System.Diagnostics.Stopwatch.GetTimestamp();

        public async Task WriteAsync(Microsoft.AspNetCore.Http.HttpContext context, ReadOnlyMemory<byte> bytes)
        {
            for (; !bytes.IsEmpty; bytes = bytes[Math.Min(PieceBytes, bytes.Length)..])
            {
                ReadOnlyMemory<byte> piece = bytes[..Math.Min(PieceBytes, bytes.Length)];
                await Task.Delay(Reserve(piece.Length), context.RequestAborted);
                await context.Response.Body.WriteAsync(piece, context.RequestAborted);
            }
        }

        private TimeSpan Reserve(int bytes)
        {
            if (megabytesPerSecond == 0)
            {
                return TimeSpan.Zero;
            }

            lock (_lock)
            {
                long now = System.Diagnostics.Stopwatch.GetTimestamp();
                _free = Math.Max(_free, now) + (long)(bytes * (double)System.Diagnostics.Stopwatch.Frequency / (megabytesPerSecond * 1_000_000L));
                return TimeSpan.FromSeconds((_free - now) / (double)System.Diagnostics.Stopwatch.Frequency);
            }
        }
    }
}

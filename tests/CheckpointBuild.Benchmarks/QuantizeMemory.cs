using System;
using System.Globalization;
using System.IO;
using System.Linq;

namespace CheckpointBuild.Benchmarks;

/// <summary>The most memory that quantizing has resident, as the whole process on all processors; the model is generated where it is not there.</summary>
internal static class QuantizeMemory
{
    /// <summary>Measures and prints.</summary>
    /// <param name="size">The model's shape.</param>
    /// <param name="folder">Scratch folder.</param>
    /// <param name="kinds">Kinds of file.</param>
    public static void Run(ModelSize size, string folder, string[] kinds)
    {
        folder = Path.GetFullPath(folder);
        string checkpoint = Path.Combine(folder, $"llama-{size.Name}"), output = Path.Combine(folder, "measured");
        CheckpointGenerator.Write(size, checkpoint);
        foreach (string kind in kinds)
        {
            MeasuredProcess run = MeasuredProcess.Run(Path.Combine(AppContext.BaseDirectory, "ckpt"), "build", checkpoint, "--engine", "gguf", "--quantization", kind, "--output", output);
            long bytes = Directory.GetFiles(output).Sum(f => new FileInfo(f).Length);
            Directory.Delete(output, recursive: true);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kind}, {size.Name}: peak {run.PeakBytes / 1048576.0:F0} MiB resident for {bytes / 1e9:F2} GB, {run.ProcessorSeconds:F1} core-seconds in {run.Seconds:F1} s (required 300)"));
        }
    }
}

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using CheckpointBuild.Building;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Benchmarks;

/// <summary>Processor time of quantizing beside llama.cpp's quantizer: whole processes in turn, one thread each, the same weights (ours from bfloat16 by way of float16, theirs from the float16 file that it needs first).</summary>
internal static class QuantizeRatio
{
    // Kinds that llama.cpp does not make without an importance matrix; both get one.
    private static readonly string[] NeedImportance = ["iq1_s", "iq1_m", "iq2_xxs", "iq2_xs", "iq2_s", "iq2_m", "iq3_xxs", "q2_k_s"];

    // Newer than the library.
    private static readonly string[] Unknown = ["q1_0", "q2_0"];

    /// <summary>Measures every kind of file: the slow ones, whose matrices are searched in codebooks, on a quarter of the model.</summary>
    /// <param name="size">The model's shape.</param>
    /// <param name="folder">Scratch folder.</param>
    /// <param name="runs">Pairs of runs.</param>
    public static void RunAll(ModelSize size, string folder, int runs)
    {
        foreach (GgufFileType kind in GgufFileType.All.Where(k => (k.IsQuantizer || k.DType == DType.Q8_0) && !Unknown.Contains(k.Name)))
        {
            Run(kind.Name.StartsWith("iq", StringComparison.Ordinal) ? ModelSize.Named("25m") : size, folder, kind.Name, runs);
        }
    }

    /// <summary>Measures one kind and prints.</summary>
    /// <param name="size">The model's shape.</param>
    /// <param name="folder">Scratch folder; a generated checkpoint in it is used again.</param>
    /// <param name="kind">The kind of file: <c>q8_0</c>, <c>q4_k_m</c>.</param>
    /// <param name="runs">Pairs of runs.</param>
    public static void Run(ModelSize size, string folder, string kind, int runs)
    {
        folder = Path.GetFullPath(folder);
        string checkpoint = Path.Combine(folder, $"llama-{size.Name}"), half = Path.Combine(folder, $"half-{size.Name}"), halfFile = Path.Combine(half, $"llama-{size.Name}.gguf");
        CheckpointGenerator.Write(size, checkpoint);
        if (!File.Exists(halfFile))
        {
            Build(checkpoint, half, new Recipe { Engine = "gguf", DType = DType.F16 }, Environment.ProcessorCount);
        }

        string importance = NeedImportance.Contains(kind) ? WriteImportance(halfFile, Path.Combine(folder, $"{size.Name}.imatrix")) : "none";
        string self = Path.Combine(AppContext.BaseDirectory, "CheckpointBuild.Benchmarks");
        var pairs = new List<(double Theirs, double Ours, long Peak)>();
        for (int run = 0; run < runs; run++)
        {
            MeasuredProcess theirs = MeasuredProcess.Run(self, "child-llama-quantize", halfFile, Path.Combine(folder, "theirs.gguf"), kind, importance);
            MeasuredProcess ours = MeasuredProcess.Run(self, "child-quantize", checkpoint, Path.Combine(folder, "ours"), kind, importance);
            pairs.Add((theirs.ProcessorSeconds, ours.ProcessorSeconds, ours.PeakBytes));
        }

        File.Delete(Path.Combine(folder, "theirs.gguf"));
        Directory.Delete(Path.Combine(folder, "ours"), recursive: true);
        (double Theirs, double Ours, long Peak)[] sorted = [.. pairs.OrderBy(p => p.Theirs / p.Ours)];
        (double t, double o, long peak) = sorted[sorted.Length / 2];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{kind,-9} {size.Name,-4} llama-quantize {t,6:F2} core-seconds, ours {o,5:F2}: {t / o,5:F2} x ({sorted[0].Theirs / sorted[0].Ours:F2} to {sorted[^1].Theirs / sorted[^1].Ours:F2}; required {(kind.StartsWith("iq", StringComparison.Ordinal) ? 1 : 2)}), peak {peak / 1048576.0:F0} MiB"));
    }

    /// <summary>Our build on one thread, in one pass from the checkpoint; files are left to the system as llama.cpp leaves them, and not hashed.</summary>
    /// <param name="checkpoint">The source.</param>
    /// <param name="output">The directory.</param>
    /// <param name="kind">The kind of file.</param>
    /// <param name="importance">An importance matrix's file, or <c>none</c>.</param>
    public static void Ours(string checkpoint, string output, string kind, string importance) =>
        Build(checkpoint, output, new Recipe { Engine = "gguf", Quantization = kind, ImportanceMatrix = importance == "none" ? null : importance }, 1);

    /// <summary>Writes an importance matrix of made-up numbers for every matrix of a model, in llama.cpp's older form.</summary>
    /// <param name="model">A GGUF file.</param>
    /// <param name="path">Where it goes.</param>
    /// <returns>The same path.</returns>
    public static string WriteImportance(string model, string path)
    {
        using var source = new FileSource(model);
        Tensor[] matrices = [.. Format.Gguf.Read(source).Tensors.Where(t => t.Shape.Rank > 1)];
        using var writer = new BinaryWriter(File.Create(path));
        writer.Write(matrices.Length);
        var random = new Random(7);
        foreach (Tensor matrix in matrices)
        {
            byte[] name = Encoding.UTF8.GetBytes(matrix.Name);
            writer.Write(name.Length);
            writer.Write(name);
            writer.Write(1);
            writer.Write((int)matrix.Columns);
            for (int i = 0; i < matrix.Columns; i++)
            {
                writer.Write((float)(random.NextDouble() + 0.01));
            }
        }

        writer.Write(1);
        writer.Write(0);
        return path;
    }

    private static void Build(string checkpoint, string output, Recipe recipe, int workers)
    {
        using EngineBuild build = EngineBuild.Open(checkpoint, recipe, new SourceHashes(Path.Combine(Path.GetDirectoryName(checkpoint)!, "hashes")));
        build.Run(output, new BuilderOptions { Workers = workers, Durability = Durability.Cached, Hashing = OutputHashing.None }, HashTrust.Remembered, default);
    }
}

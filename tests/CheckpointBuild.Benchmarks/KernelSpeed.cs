using System;
using System.Collections.Generic;
using CheckpointBuild.DTypes;
using CheckpointBuild.Runtime;
using CheckpointBuild.Runtime.Kernels;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Benchmarks;

/// <summary>Weights per second of one thread's dot products, from the second-level cache and from memory, in processor time: other processes disturb that least.</summary>
internal static class KernelSpeed
{
    private static readonly int Columns = int.Parse(Environment.GetEnvironmentVariable("KCOLS") ?? "4096", System.Globalization.CultureInfo.InvariantCulture);
    private static readonly int Band = int.Parse(Environment.GetEnvironmentVariable("KBAND") ?? "0", System.Globalization.CultureInfo.InvariantCulture);
    private const int Repeats = 5;

    /// <summary>Prints the best of a few repeats for each dtype.</summary>
    public static void Run()
    {
        foreach (DType dtype in new List<DType>([DType.F32, DType.F16, DType.BF16, DType.Q8_0]))
        {
            Console.WriteLine($"{dtype,-10} cache {Measure(dtype, 32),6:F1}   memory {Measure(dtype, 32768),6:F1}   Gweights/s of one thread");
        }
    }

    private static unsafe double Measure(DType dtype, int rows)
    {
        using var pool = new WorkerPool(1);
        using var workspace = new Workspace();
        using WeightMatrix matrix = WeightMatrix.Load(Converted.Of(CheckpointGenerator.Matrix(rows, Columns), dtype), pool, workspace);
        using var input = new Activations("input", Columns);
        using var output = new Activations("output", rows);
        using var scratch = new Activations("scratch", Tile.Rows * Columns);
        input.Row(0).Fill(0.5f);
        double best = 0;
        long passes = Math.Max(1, (1L << 28) / ((long)rows * Columns));
        for (int repeat = 0; repeat < Repeats; repeat++)
        {
            TimeSpan start = Environment.CpuUsage.TotalTime;
            for (long pass = 0; pass < passes; pass++)
            {
                int b = Band == 0 ? rows : (int)(Band / matrix.RowBytes / 4 * 4);
                for (int r = 0; r < rows; r += b)
                {
                    matrix.Kernel.Multiply(matrix, r, Math.Min(b, rows - r), input.Pointer, output.Pointer + r, scratch.Pointer);
                }
            }

            double seconds = (Environment.CpuUsage.TotalTime - start).TotalSeconds;
            best = Math.Max(best, passes * (double)rows * Columns / seconds / 1e9);
        }

        return best;
    }
}

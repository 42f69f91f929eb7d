using System;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using CheckpointBuild.DTypes;
using CheckpointBuild.DTypes.Ggml;

namespace CheckpointBuild.Benchmarks;

/// <summary>Millions of numbers a core-second that ggml's types are written and read at, with one lane, eight and sixteen and by ggml itself, with and without importance.</summary>
internal static class EncodeSpeed
{
    private const int Columns = 4096;
    private const int Rows = 16;
    private const double LeastSeconds = 0.25;
    private const int LastTypeOfTheReference = 40;

    /// <summary>Measures and prints.</summary>
    /// <param name="name">A type, or <c>all</c>.</param>
    public static void Run(string name)
    {
        var reference = new ReferenceEncoder();
        Console.WriteLine("type      plain:  1 lane      8     16   ggml   ratio    importance:  1 lane      8     16   ggml   ratio    decode   (millions of numbers a core-second)");
        foreach (BlockDType dtype in DType.All.OfType<BlockDType>().Where(d => name == "all" || string.Equals(d.Name, name, StringComparison.OrdinalIgnoreCase)))
        {
            Measure(dtype, reference);
        }
    }

    private static unsafe void Measure(BlockDType dtype, ReferenceEncoder reference)
    {
        var random = new Random(5);
        float[] values = [.. Enumerable.Range(0, Rows * Columns).Select(_ => (float)((random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5) * 0.05))];
        float[] importance = [.. Enumerable.Range(0, Columns).Select(_ => (float)random.NextDouble())];
        byte[] blocks = new byte[dtype.RowBytes(0, Columns) * Rows];
        float[] room = new float[values.Length];
        fixed (float* x = values, q = importance)
        fixed (byte* target = blocks)
        {
            // Pointers into pinned arrays outlive the lambdas' calls.
            (nint x, nint q, nint target) at = ((nint)x, (nint)q, (nint)target);
            string Side(bool isWeighted)
            {
                var rows = new BlockRows((float*)at.x, isWeighted ? (float*)at.q : null, Columns, Rows * Columns / dtype.BlockLength, (byte*)at.target);
                double one = Speed(() => dtype.Encode<Lane1>(rows)), eight = Speed(() => dtype.Encode<Lanes256>(rows)), sixteen = Speed(() => dtype.Encode<Lanes512>(rows));
                int type = dtype.GgmlType!.Value;
                bool isKnown = type <= LastTypeOfTheReference && (isWeighted || !reference.NeedsImportance(type));
                double theirs = isKnown ? Speed(() => reference.Encode(type, (float*)at.x, isWeighted ? (float*)at.q : null, Rows, Columns, (byte*)at.target)) : double.NaN;
                return string.Create(CultureInfo.InvariantCulture, $"{one,7:F1} {eight,7:F1} {sixteen,7:F1} {theirs,7:F1} {sixteen / theirs,6:F2}x");
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{dtype.Name,-8} plain {Side(false)}   importance {Side(true)}   decode {Speed(() => dtype.Decode(new Planes(blocks), Columns, room)),7:F1}"));
        }
    }

    private static double Speed(Action action)
    {
        // Long enough that the second tier of compilation is reached.
        for (double end = Now() + (LeastSeconds / 2); Now() < end;)
        {
            action();
        }

        double start = Now();
        int runs = 0;
        for (; Now() - start < LeastSeconds; runs++)
        {
            action();
        }

        return (double)runs * Rows * Columns / (Now() - start) / 1e6;
    }

    private static double Now()
    {
        using var self = Process.GetCurrentProcess();
        return self.TotalProcessorTime.TotalSeconds;
    }
}

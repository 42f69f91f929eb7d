using System;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using CheckpointBuild.DTypes;
using CheckpointBuild.DTypes.Ggml;

namespace CheckpointBuild.Benchmarks;

/// <summary>Millions of numbers a core-second that ggml's types are written and read at, with one lane, eight and sixteen, with and without importance.</summary>
internal static class EncodeSpeed
{
    private const int Columns = 4096;
    private const int Rows = 16;
    private const double LeastSeconds = 0.4;

    /// <summary>Measures and prints.</summary>
    /// <param name="name">A type, or <c>all</c>.</param>
    public static void Run(string name)
    {
        foreach (BlockDType dtype in DType.All.OfType<BlockDType>().Where(d => name == "all" || string.Equals(d.Name, name, StringComparison.OrdinalIgnoreCase)))
        {
            Measure(dtype);
        }
    }

    private static unsafe void Measure(BlockDType dtype)
    {
        var random = new Random(5);
        float[] values = [.. Enumerable.Range(0, Rows * Columns).Select(_ => (float)((random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5) * 0.05))];
        float[] importance = [.. Enumerable.Range(0, Columns).Select(_ => (float)random.NextDouble())];
        byte[] blocks = new byte[dtype.RowBytes(0, Columns) * Rows];
        fixed (float* x = values, q = importance)
        fixed (byte* target = blocks)
        {
            BlockRows plain = new(x, null, Columns, values.Length / dtype.BlockLength, target), weighted = new(x, q, Columns, values.Length / dtype.BlockLength, target);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{dtype.Name,-8} plain {Speed(() => dtype.Encode<Lane1>(plain)),7:F1} {Speed(() => dtype.Encode<Lanes256>(plain)),7:F1} {Speed(() => dtype.Encode<Lanes512>(plain)),7:F1}   importance {Speed(() => dtype.Encode<Lane1>(weighted)),7:F1} {Speed(() => dtype.Encode<Lanes256>(weighted)),7:F1} {Speed(() => dtype.Encode<Lanes512>(weighted)),7:F1}   decode {Speed(() => dtype.Decode(new Planes(blocks), Columns, values.AsSpan().ToArray())),7:F1}"));
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

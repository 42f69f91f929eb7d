using System;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.InteropServices;
using CheckpointBuild.Dialects.TensorRtLlm.Exported;
using CheckpointBuild.Dialects.TensorRtLlm.Quantizing;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using CheckpointBuild.Tests.Infrastructure;

namespace CheckpointBuild.Tests.Laws;

/// <summary>The views of ModelOpt's export, and those that read quantized ranks back, each against a few lines that do the same one number at a time.</summary>
internal static class ExportedViewCases
{
    private const int Rows = 8;
    private const int Columns = 64;

    private static readonly float[] Weights = Numbers(7, Rows * Columns);
    private static readonly float[] Factors = Numbers(8, Columns);
    private static readonly float[] Steps = [.. Enumerable.Range(1, Rows).Select(r => r / 32f)];
    private static readonly sbyte[] Integers = [.. Enumerable.Range(0, Rows * Columns).Select(i => (sbyte)(i * 37))];
    private static readonly Stored Matrix = new("matrix", DType.F32, new Shape(Rows, Columns), Source<float>(Weights), 0);
    private static readonly Stored Codes = new("codes", DType.I8, new Shape(Rows, Columns), Source<sbyte>(Integers), 0);
    private static readonly Computed Scales = new("scales", [.. Steps], "a law");
    private static readonly Computed Inputs = new("inputs", [.. Factors], "a law");
    private static readonly KernelOrder InRows = new(false, false, false);

    /// <summary>The cases.</summary>
    public static ImmutableArray<ViewCase> All { get; } =
    [
        new("bound of a matrix", new MatrixBound(Matrix), Bytes<float>([Most(Weights) / 448])),
        new("columns multiplied by scales", new ScaledBy(Matrix, [.. Factors]), Bytes<float>([.. Weights.Select((w, i) => w * Factors[i % Columns])])),
        new("eight-bit codes of rows", new Int8Rows(Matrix, false), Bytes<sbyte>([.. Weights.Chunk(Columns).SelectMany(r => r.Select(w => (sbyte)Math.Clamp(MathF.Round(w / (Most(r) / 127)), -128, 127)))])),
        new("eight-bit scales of rows", new Int8Rows(Matrix, true), Bytes<float>([.. Weights.Chunk(Columns).Select(r => Most(r) / 127)])),
        new("what eight-bit codes mean", new Int8Floats(Codes, [Scales]) { Factors = Inputs }, Bytes<float>([.. Integers.Select((c, i) => c * Steps[i / Columns] * Factors[i % Columns])])),
        new("what smoothed codes mean", new Int8Floats(Codes, [Scales]) { Divisors = Inputs }, Bytes<float>([.. Integers.Select((c, i) => c * Steps[i / Columns] / Factors[i % Columns])])),
        new("what packed integers mean", new WeightOnlyFloats(Codes, Scales, new Shape(Rows, Columns), 8, InRows), Bytes<float>([.. Integers.Select((c, i) => c * Steps[i / Columns])])),
    ];

    private static float[] Numbers(ulong seed, int count)
    {
        var random = new SeededRandom(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextWeight() + 2)];
    }

    private static float Most(float[] values) => values.Max(MathF.Abs);

    private static ArraySource Source<T>(T[] values)
        where T : unmanaged => new(Bytes<T>(values));

    private static byte[] Bytes<T>(ReadOnlySpan<T> values)
        where T : unmanaged => MemoryMarshal.AsBytes(values).ToArray();
}

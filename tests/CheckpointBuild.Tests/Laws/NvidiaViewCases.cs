using System;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.InteropServices;
using CheckpointBuild.Dialects.TensorRtLlm.Quantizing;
using CheckpointBuild.Dialects.TensorRtLlm.Smoothing;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using CheckpointBuild.Tests.Infrastructure;

namespace CheckpointBuild.Tests.Laws;

/// <summary>The views that make TensorRT-LLM's quantized matrices, each against a few lines that do the same one number at a time.</summary>
internal static class NvidiaViewCases
{
    private const int Rows = 16;
    private const int Columns = 64;
    private const int Group = 32;

    private static readonly Half[] Weights = [.. Numbers(1).Select(v => (Half)v)];
    private static readonly float[] Activations = [.. Numbers(2).Take(Columns).Select(MathF.Abs)];
    private static readonly Stored Matrix = new("matrix", DType.F16, new Shape(Rows, Columns), new ArraySource(MemoryMarshal.AsBytes(Weights.AsSpan()).ToArray()), 0);
    private static readonly ColumnMagnitudes Magnitudes = new([Matrix]);
    private static readonly SmoothingScales Smoothing = new(Magnitudes, [.. Activations], 0.5);
    private static readonly double[] Scales = [.. Enumerable.Range(0, Columns).Select(c => Math.Max(1e-5, Math.Sqrt(Activations[c]) / Math.Sqrt(Math.Max(1e-5, ColumnMost(c)))))];
    private static readonly Half[] Smooth = [.. Weights.Select((w, i) => (Half)(float)((double)w * Scales[i % Columns]))];
    private static readonly Smoothed Smoothed = new(Matrix, Smoothing, SmoothingDirection.Multiply);
    private static readonly WeightScales One = new(new RowMagnitudes(Smoothed), [Rows]);
    private static readonly WeightScales PerRow = new(new RowMagnitudes(Smoothed), []);
    private static readonly InputScale Input = new("input", [.. Activations], Smoothing);
    private static readonly double InputRight = 127 / Activations.Select((a, i) => a / Scales[i]).Max();
    private static readonly PackedForm Gptq = new(PackedOrder.AlongInputs, 4, Group, 1, false);
    private static readonly uint[] Words = [.. Enumerable.Range(0, Rows * Columns / 8).Select(i => (uint)(i * 2654435761))];
    private static readonly uint[] Zeros = [.. Enumerable.Range(0, Rows * 2 / 8).Select(i => ~(uint)(i * 40503))];
    private static readonly Half[] GroupScales = [.. Enumerable.Range(0, 2 * Rows).Select(i => (Half)((i + 1) / 64f))];
    private static readonly PackedMatrix Packed = new("packed", Plain("I32", Words, Columns / 8, Rows), Plain("I32", Zeros, 2, Rows / 8), Plain("F16", GroupScales, 2, Rows), Gptq, Rows, Columns);
    private static readonly byte[] Float8s = [.. Enumerable.Range(0, 8 * 16).Select(i => (byte)(i * 7 % 0x7F))];
    private static readonly ScaledFloat8 Scaled = new("scaled", Plain("F8_E4M3", Float8s, 8, 16), new Computed("scale", [0.5f], "a law"), null, null);
    private static readonly LargestNumber Largest = new([new Computed("a", [0.25f], "a law"), new Computed("b", [0.75f], "a law")]);

    /// <summary>The cases.</summary>
    public static ImmutableArray<ViewCase> All { get; } =
    [
        new("columns' magnitudes", Magnitudes, Bytes<float>([.. Enumerable.Range(0, Columns).Select(ColumnMost)])),
        new("smoothing scales", Smoothing, Bytes<double>(Scales)),
        new("smoothed", Smoothed, Bytes<Half>(Smooth)),
        new("rows' magnitudes", new RowMagnitudes(Smoothed), Bytes<float>([.. Smooth.Chunk(Columns).Select(Most)])),
        new("one scale of weights", One, Bytes<float>([WeightScale(Most(Smooth))])),
        new("a scale of weights a row", PerRow, Bytes<float>([.. Smooth.Chunk(Columns).Select(r => WeightScale(Most(r)))])),
        new("smooth integers, one scale", new SmoothCodes(Smoothed, One, SmoothRounding.RoundedProduct), Bytes<sbyte>([.. Smooth.Select(w => Integer((float)(Half)((float)w * WeightScale(Most(Smooth)))))])),
        new("smooth integers, a scale a row", new SmoothCodes(Smoothed, PerRow, SmoothRounding.Product), Bytes<sbyte>([.. Smooth.Chunk(Columns).SelectMany(r => r.Select(w => Integer((float)w * WeightScale(Most(r)))))])),
        new("scale of inputs", Input, Bytes<double>([InputRight])),
        new("scales of outputs, token by token", new OutputScale(PerRow, Rows, null, 3), Bytes<float>([.. Smooth.Chunk(Columns).Select(r => (float)(Half)(1 / WeightScale(Most(r))))])),
        new("scale of outputs", new OutputScale(One, 1, Input, 3), Bytes<float>([(float)(1 / 3f * 127 / (InputRight * WeightScale(Most(Smooth))))])),
        new("unpacked words", Packed, Bytes<float>([.. Enumerable.Range(0, Rows * Columns).Select(i => (Integer(i / Columns, i % Columns) - Zero(i / Columns, i % Columns / Group)) * (float)GroupScales[(i % Columns / Group * Rows) + (i / Columns)])])),
        new("zero points of groups", new GroupedZeros(Packed), Bytes<Half>([.. Enumerable.Range(0, 2 * Rows).Select(i => (Half)((8 - Zero(i % Rows, i / Rows)) * (float)GroupScales[i]))])),
        new("repacked words", new GroupedCodes([new PackedRows(Packed, new RowSlice(0, Rows))], new RowSlice(0, Columns), new KernelOrder(false, false, false), DType.F16), Bytes<byte>([.. Enumerable.Range(0, Rows * Columns / 2).Select(i => Nibbles(i * 2 / Columns, i * 2 % Columns))])),
        new("scaled eight-bit floats", Scaled, Bytes<float>([.. Float8s.Select(b => Float8.Decode(b) * 0.5f)])),
        new("largest number", Largest, Bytes<float>([0.75f])),
        new("eight-bit floats of another scale", new Fp8Rescaled(Scaled, Largest), [.. Float8s.Select(b => Float8.Encode(Float8.Decode(b) * 0.5f / 0.75f))]),
    ];

    private static float[] Numbers(ulong seed)
    {
        var random = new SeededRandom(seed);
        return [.. Enumerable.Range(0, Rows * Columns).Select(_ => random.NextWeight())];
    }

    private static float ColumnMost(int column) => Enumerable.Range(0, Rows).Max(r => MathF.Abs((float)Weights[(r * Columns) + column]));

    private static float Most(Half[] values) => values.Max(v => MathF.Abs((float)v));

    private static float WeightScale(float most) => (float)(Half)((float)(Half)(1 / most) * 127);

    private static sbyte Integer(float value) => (sbyte)Math.Clamp(MathF.Round(value), -127, 127);

    private static int Integer(int row, int column) => (int)(Words[(column / 8 * Rows) + row] >> (column % 8 * 4)) & 15;

    private static int Zero(int row, int group) => ((int)(Zeros[(group * Rows / 8) + (row / 8)] >> (row % 8 * 4)) & 15) + 1;

    private static byte Nibbles(int row, int column) => (byte)(((Integer(row, column) - 8) & 15) | ((Integer(row, column + 1) - 8) << 4));

    private static byte[] Bytes<T>(T[] values)
        where T : struct => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    private static Stored Plain<T>(string dtype, T[] values, int rows, int columns)
        where T : struct => new("part", DType.All.Single(d => d.Name == dtype), new Shape(rows, columns), new ArraySource(Bytes(values)), 0);
}

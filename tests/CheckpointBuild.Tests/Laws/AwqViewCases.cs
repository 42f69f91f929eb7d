using System;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.InteropServices;
using CheckpointBuild.Dialects.TensorRtLlm.Grouped;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using CheckpointBuild.Tests.Infrastructure;

namespace CheckpointBuild.Tests.Laws;

/// <summary>The views that make four-bit groups with scales of inputs, each against a few lines that do the same one number at a time.</summary>
internal static class AwqViewCases
{
    private const int Rows = 8;
    private const int Columns = 64;
    private const int Group = 32;

    private static readonly float[] Divisors = [7f, 7.25f, 7.5f, 7.75f, 8f, 8.5f, 9f, 9.5f];
    private static readonly float[] Weights = Numbers(3, Rows * Columns);
    private static readonly float[] Squares = [.. Numbers(4, Columns).Select(v => v * v)];
    private static readonly Stored Matrix = new("matrix", DType.F32, new Shape(Rows, Columns), new ArraySource(MemoryMarshal.AsBytes(Weights.AsSpan()).ToArray()), 0);
    private static readonly GroupRounding Rounding = new(Group);
    private static readonly AwqScales Scales = new(Matrix, [.. Squares], Rounding, DType.F32);
    private static readonly ScaledColumns Scaled = new(Matrix, Scales);
    private static readonly GroupImportance Importance = new(Scales, [.. Squares], 0, Columns);
    private static readonly GroupCodes Codes = new(Scaled, Importance, Rounding);
    private static readonly GroupScales Steps = new(Scaled, Importance, Rounding);

    private static readonly float[] Inputs = Enumerable.Range(0, 11).Select(i => Candidate(i / 10.0)).Append([.. Enumerable.Repeat(1f, Columns)]).MinBy(Error)!;
    private static readonly float[] RightSteps = [.. Enumerable.Range(0, Rows * Columns / Group).Select(g => Step(g, Inputs).Scale)];
    private static readonly int[] RightCodes = [.. Weights.Select((w, i) => Code(w / Inputs[i % Columns], RightSteps[i / Group]))];

    /// <summary>The cases.</summary>
    public static ImmutableArray<ViewCase> All { get; } =
    [
        new("scales of inputs", Scales, Bytes<float>(Inputs)),
        new("columns divided by scales", Scaled, Bytes<float>([.. Weights.Select((w, i) => w / Inputs[i % Columns])])),
        new("four-bit codes of two rows a byte", Codes, [.. Enumerable.Range(0, Rows * Columns / 2).Select(i => (byte)((RightCodes[(i / Columns * 2 * Columns) + (i % Columns)] & 15) | (RightCodes[(((i / Columns * 2) + 1) * Columns) + (i % Columns)] << 4)))]),
        new("scales of groups", Steps, Bytes<float>(RightSteps)),
        new("bound of decoded codes", new DecodedBound(Scaled, Importance, Rounding), Bytes<float>([RightCodes.Select((c, i) => MathF.Abs(c * RightSteps[i / Group])).Max() / 448])),
        new("bound of scaled inputs", new ScaledInputBound(Scales, [.. Squares]), Bytes<float>([Squares.Zip(Inputs, (x, p) => x * p).Max() / 448])),
        new("what four-bit codes mean", new GroupedFloats(Codes, Steps, Scales), Bytes<float>([.. RightCodes.Select((c, i) => c * RightSteps[i / Group] * Inputs[i % Columns])])),
    ];

    private static float[] Numbers(ulong seed, int count)
    {
        var random = new SeededRandom(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextWeight())];
    }

    private static float[] Candidate(double alpha)
    {
        double[] shares = [.. Enumerable.Range(0, Columns).Select(c => Enumerable.Range(0, Rows).Sum(r => Math.Abs(Weights[(r * Columns) + c]) / (double)Most(Weights, ((r * Columns) + c) / Group)) / Rows)];
        double[] scales = [.. shares.Select((w, c) => Math.Clamp(Math.Pow(Math.Sqrt(Squares[c]), alpha) / Math.Pow(Math.Max(w, 1e-4), 1 - alpha), 1e-4, 1e4))];
        double middle = Math.Sqrt(scales.Max() * scales.Min());
        return [.. scales.Select(s => (float)(middle / s))];
    }

    private static double Error(float[] inputs) => Enumerable.Range(0, Rows * Columns / Group).Sum(g => Step(g, inputs).Error);

    private static (float Scale, double Error) Step(int group, float[] inputs)
    {
        int start = group * Group;
        float[] values = [.. Enumerable.Range(start, Group).Select(i => Weights[i] / inputs[i % Columns])];
        return Divisors.Select(d => Most(values, 0) / d)
            .Select(s => (Scale: s, Error: values.Select((v, i) => Squares[(start + i) % Columns] * inputs[(start + i) % Columns] * inputs[(start + i) % Columns] * Math.Pow(v - (Code(v, s) * s), 2)).Sum()))
            .MinBy(c => c.Error);
    }

    private static float Most(float[] values, int group) => values.Skip(group * Group).Take(Group).Max(MathF.Abs);

    private static int Code(float value, float scale) => (int)Math.Clamp(MathF.Round(value / scale), -8, 7);

    private static byte[] Bytes<T>(T[] values)
        where T : struct => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
}

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.InteropServices;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.TensorRtLlm;

/// <summary>Calibration statistics as a safetensors file: float32 vectors <c>MODULE.x</c> (largest inputs), <c>MODULE.y</c> (largest outputs) and, where they were measured, <c>MODULE.x2</c> (mean squares of inputs); what else stands there is not looked at.</summary>
public static class StatisticsFile
{
    private const string Squares = ".x2";

    // A vector for each matrix of the largest model is a thousandth of this.
    private const long MostBytes = 1L << 30;

    /// <summary>Reads statistics.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The statistics.</returns>
    /// <exception cref="CheckpointException">1xxx when it cannot be read, CKPT3210 when it is no such file.</exception>
    public static CalibrationStatistics Read(string path)
    {
        using var source = new FileSource(path);
        TensorTable tensors = Format.Safetensors.Read(source).Tensors;
        if (tensors.Sum(t => t.ByteCount) > MostBytes)
        {
            throw Errors.StatisticsDamaged(path, "it is far too large");
        }

        string[] modules = [.. tensors.Where(t => t.Name.EndsWith(".x", StringComparison.Ordinal)).Select(t => t.Name[..^2])];
        return modules.Length > 0
            ? new CalibrationStatistics(path, modules.Select(m => KeyValuePair.Create(m, new ModuleStatistics(Vector(path, tensors, m + ".x"), Vector(path, tensors, m + ".y")) { Squares = tensors.TryGet(m + Squares, out _) ? Vector(path, tensors, m + Squares) : [] })))
            : throw Errors.StatisticsDamaged(path, "it holds no vector MODULE.x");
    }

    /// <summary>Lays out statistics as a file that <see cref="Read"/> reads.</summary>
    /// <param name="path">Where it will lie.</param>
    /// <param name="statistics">The statistics.</param>
    /// <returns>The file.</returns>
    public static FilePlan Plan(string path, CalibrationStatistics statistics)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        IEnumerable<Tensor> vectors = statistics.All.OrderBy(m => m.Key, StringComparer.Ordinal).SelectMany(m => (Tensor[])[Vector(m.Key + ".x", m.Value.Inputs), Vector(m.Key + ".y", m.Value.Outputs), .. m.Value.Squares.IsEmpty ? [] : new[] { Vector(m.Key + Squares, m.Value.Squares) }]);
        return Format.Safetensors.Plan(path, new TensorFile(new TensorTable(vectors), new Metadata()));
    }

    private static Computed Vector(string name, ImmutableArray<float> values) => new(name, values, "calibration");

    private static ImmutableArray<float> Vector(string path, TensorTable tensors, string name)
    {
        if (!tensors.TryGet(name, out Tensor? tensor) || tensor.Shape.Rank != 1 || tensor.DType != DType.F32)
        {
            throw Errors.StatisticsDamaged(path, $"{Errors.Quote(name)} is no float32 vector");
        }

        using var workspace = new Workspace();
        using Band band = tensor.ReadBand(new RowRange(0, 1), workspace);
        ImmutableArray<float> values = [.. MemoryMarshal.Cast<byte, float>(band.Codes)];
        return values.All(v => float.IsFinite(v) && v >= 0) ? values : throw Errors.StatisticsDamaged(path, $"{Errors.Quote(name)} holds a number that is no magnitude");
    }
}

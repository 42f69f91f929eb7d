using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Threading;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Dialects.TensorRtLlm;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tokenizers;

namespace CheckpointBuild.Building;

/// <summary>Calibration statistics that a build measures itself: the text in windows of 512 tokens, each begun with the begin token. Their shapes are known when the build is planned, their numbers when it runs.</summary>
internal sealed class MeasuredStatistics : IDisposable
{
    /// <summary>Tokens of a window.</summary>
    internal const int Window = 512;

    // A text of one word says nothing of a model.
    private const int LeastTokens = 16;

    private readonly Checkpoint _checkpoint;
    private readonly Calibrator _calibrator;
    private readonly ImmutableArray<ReadOnlyMemory<int>> _windows;
    private readonly string _path;

    private MeasuredStatistics(Checkpoint checkpoint, Calibrator calibrator, string path, ByteSource text)
    {
        _checkpoint = checkpoint;
        _calibrator = calibrator;
        _path = path;
        Text = text;
        _windows = Cut(checkpoint, path, text);
        Placeholder = new CalibrationStatistics(path, Modules.ToDictionary(m => m.Name, m => new ModuleStatistics(Ones(m.Inputs), Ones(m.Outputs)) { Squares = Ones(m.Inputs) }));
    }

    /// <summary>The text.</summary>
    public ByteSource Text { get; }

    /// <summary>Statistics of the right shapes, all 1: enough to plan with.</summary>
    public CalibrationStatistics Placeholder { get; }

    // Matrices of the layers as Hugging Face's files have them; several roles may lie in one.
    private IEnumerable<(string Name, ImmutableArray<TensorRole> Roles, int Inputs, int Outputs)> Modules =>
        from tensor in _checkpoint.Family.Naming.TensorsOf(_checkpoint.Config)
        where tensor.Roles[0] is { IsInLayer: true, Part: TensorPart.Weight } && tensor.Roles.All(r => _checkpoint.Tensors.Find(r) is { Shape.Rank: 2 })
        select (tensor.Name[..tensor.Name.LastIndexOf('.')], tensor.Roles, (int)_checkpoint.Config.ShapeOf(tensor.Roles[0]).Columns, (int)tensor.Roles.Sum(r => _checkpoint.Config.ShapeOf(r).Rows));

    /// <summary>Opens and tokenizes the text.</summary>
    /// <param name="checkpoint">The model.</param>
    /// <param name="calibrator">Runs it.</param>
    /// <param name="path">The text, in UTF-8.</param>
    /// <returns>The statistics to be.</returns>
    /// <exception cref="CheckpointException">CKPT3077 when it is no text or nearly none; 1xxx, 21xx when text or tokenizer cannot be read.</exception>
    public static MeasuredStatistics Open(Checkpoint checkpoint, Calibrator calibrator, string path)
    {
        ByteSource text = CalibrationText.Open(path);
        try
        {
            return new MeasuredStatistics(checkpoint, calibrator, path, text);
        }
        catch
        {
            text.Dispose();
            throw;
        }
    }

    /// <summary>Measures, or takes what an earlier build measured.</summary>
    /// <param name="cache">Where the statistics are kept, as a safetensors file; null = nowhere.</param>
    /// <param name="progress">Called with layers done and layers in all.</param>
    /// <param name="cancellation">Looked at between windows.</param>
    /// <returns>The statistics.</returns>
    public CalibrationStatistics Measure(string? cache, Action<long, long>? progress, CancellationToken cancellation)
    {
        if (cache is not null && TryRead(cache) is { } kept)
        {
            return kept;
        }

        IReadOnlyDictionary<TensorRole, ModuleStatistics> found = _calibrator.LargestMagnitudes(_checkpoint, _windows, progress, cancellation);
        var statistics = new CalibrationStatistics(_path, Modules
            .Where(m => m.Roles.All(found.ContainsKey))
            .ToDictionary(m => m.Name, m => found[m.Roles[0]] with { Outputs = [.. m.Roles.SelectMany(r => found[r].Outputs)] }));
        if (cache is not null)
        {
            Keep(statistics, cache, cancellation);
        }

        return statistics;
    }

    /// <inheritdoc/>
    public void Dispose() => Text.Dispose();

    private static ImmutableArray<float> Ones(int count) => [.. Enumerable.Repeat(1f, count)];

    private static ImmutableArray<ReadOnlyMemory<int>> Cut(Checkpoint checkpoint, string path, ByteSource text)
    {
        int[] ids = Tokenizer.Create(checkpoint.TokenizerOrThrow()).Encode(CalibrationText.Read(path, text, Errors.CalibrationText));
        if (ids.Length < LeastTokens)
        {
            throw Errors.CalibrationText(path, $"{ids.Length} tokens");
        }

        int window = Math.Min(Window, checkpoint.Config.ContextLength);
        for (int first = 0; first < ids.Length && checkpoint.Config.BeginToken is { } begin && ids[0] == begin; first += window)
        {
            ids[first] = begin;
        }

        return [.. ids.Chunk(window).Select(chunk => new ReadOnlyMemory<int>(chunk))];
    }

    private CalibrationStatistics? TryRead(string cache)
    {
        try
        {
            CalibrationStatistics kept = StatisticsFile.Read(cache);
            return Modules.All(m => kept.Modules.Contains(m.Name)) ? kept : null;
        }
        catch (CheckpointException)
        {
            return null;
        }
    }

    private static void Keep(CalibrationStatistics statistics, string cache, CancellationToken cancellation)
    {
        try
        {
            var plan = new DirectoryPlan([StatisticsFile.Plan(Path.GetFileName(cache), statistics)], []);
            new Builder(new BuilderOptions()).Build(plan, Path.GetDirectoryName(cache)!, cancellation);
        }
        catch (CheckpointException)
        {
            // A cache that cannot be written is none; the numbers are at hand.
        }
    }
}

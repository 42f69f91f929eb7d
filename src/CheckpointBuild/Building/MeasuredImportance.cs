using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Threading;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Dialects.LlamaCpp;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tokenizers;

namespace CheckpointBuild.Building;

/// <summary>An importance matrix that a build measures itself, as <c>llama-imatrix</c> does: the text in chunks of 512 tokens, or of the model's context where that is shorter, each begun with the begin token. Its shape is known when the build is planned, its numbers when it runs.</summary>
internal sealed class MeasuredImportance : IDisposable
{
    private const int MostChunk = 512;

    private readonly Checkpoint _checkpoint;
    private readonly Calibrator _calibrator;
    private readonly Dictionary<string, float[]> _values = new(StringComparer.Ordinal);
    private readonly int[] _ids;
    private readonly int _chunk;
    private bool _isMeasured;

    private MeasuredImportance(Checkpoint checkpoint, Calibrator calibrator, ByteSource text)
    {
        _checkpoint = checkpoint;
        _calibrator = calibrator;
        Text = text;
        _chunk = Math.Min(MostChunk, checkpoint.Config.ContextLength);
        _ids = Tokenize(checkpoint, text, _chunk);
        foreach ((string name, ImmutableArray<TensorRole> roles) in GgufImportance.Entries(checkpoint))
        {
            _values.Add(name, new float[roles.Sum(role => checkpoint.Config.ShapeOf(role).Columns)]);
        }

        Matrix = new ImportanceMatrix(Path.GetFileName(text.Name) + ".imatrix", _values) { Dataset = Path.GetFileName(text.Name), Chunks = _ids.Length / _chunk };
    }

    /// <summary>The text.</summary>
    public ByteSource Text { get; }

    /// <summary>The matrix; its numbers are 0 until they are measured.</summary>
    public ImportanceMatrix Matrix { get; }

    /// <summary>Opens and tokenizes the text.</summary>
    /// <param name="checkpoint">The model.</param>
    /// <param name="calibrator">Runs it.</param>
    /// <param name="path">The text, in UTF-8; <c>:own</c> = the one that is built in.</param>
    /// <returns>The matrix to be.</returns>
    /// <exception cref="CheckpointException">CKPT3077 when the text is shorter than a chunk or no text; 1xxx, 21xx when text or tokenizer cannot be read.</exception>
    public static MeasuredImportance Open(Checkpoint checkpoint, Calibrator calibrator, string path)
    {
        ByteSource text = CalibrationText.Open(path);
        try
        {
            return new MeasuredImportance(checkpoint, calibrator, text);
        }
        catch
        {
            text.Dispose();
            throw;
        }
    }

    /// <summary>Measures the numbers, or takes them from an earlier build.</summary>
    /// <param name="cache">Where they are kept; null = nowhere.</param>
    /// <param name="cancellation">Looked at between chunks.</param>
    public void Measure(string? cache, CancellationToken cancellation)
    {
        if (_isMeasured || (cache is not null && TryRead(cache)))
        {
            _isMeasured = true;
            return;
        }

        IReadOnlyDictionary<TensorRole, ChannelSums> sums = _calibrator.SumSquares(_checkpoint, _ids, _chunk, cancellation);
        foreach ((string name, ImmutableArray<TensorRole> roles) in GgufImportance.Entries(_checkpoint))
        {
            Span<float> target = _values[name];
            foreach (TensorRole role in roles)
            {
                int columns = (int)_checkpoint.Config.ShapeOf(role).Columns;
                Fill(sums.GetValueOrDefault(role), target[..columns]);
                target = target[columns..];
            }
        }

        _isMeasured = true;
        if (cache is not null)
        {
            Write(cache, cancellation);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Text.Dispose();

    // What no token reached counts the same everywhere.
    private static void Fill(ChannelSums? sums, Span<float> target)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = sums is { Tokens: > 0 } ? sums.Squares[i] / sums.Tokens : 1;
        }
    }

    private static int[] Tokenize(Checkpoint checkpoint, ByteSource text, int chunk)
    {
        int[] ids = Tokenizer.Create(checkpoint.TokenizerOrThrow()).Encode(CalibrationText.Read(text.Name, text, Errors.CalibrationText));
        if (ids.Length < chunk)
        {
            throw Errors.CalibrationText(text.Name, $"{ids.Length} tokens");
        }

        for (int first = 0; first < ids.Length && checkpoint.Config.BeginToken is { } begin && ids[0] == begin; first += chunk)
        {
            ids[first] = begin;
        }

        return ids;
    }

    private bool TryRead(string cache)
    {
        try
        {
            using ImportanceMatrixFile file = ImportanceMatrixFile.Open(cache);
            if (_values.Any(v => !file.Matrix.TryGet(v.Key, out float[]? values) || values.Length != v.Value.Length))
            {
                return false;
            }

            foreach ((string name, float[] target) in _values)
            {
                file.Matrix.TryGet(name, out float[]? values);
                values!.CopyTo(target, 0);
            }

            return true;
        }
        catch (CheckpointException)
        {
            return false;
        }
    }

    private void Write(string cache, CancellationToken cancellation)
    {
        try
        {
            var plan = new DirectoryPlan([GgufImportance.Plan(Path.GetFileName(cache), Matrix)], []);
            new Builder(new BuilderOptions()).Build(plan, Path.GetDirectoryName(cache)!, cancellation);
        }
        catch (CheckpointException)
        {
            // A cache that cannot be written is none; the numbers are at hand.
        }
    }
}

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.TensorRtLlm;

/// <summary>Ranks that belong together, wherever each lies: whether all are there, fit the configuration, and fit each other.</summary>
public sealed class RankSet
{
    private const string ConfigName = "config.json";

    private readonly Dictionary<int, CheckpointDirectory> _holders = [];
    private readonly string _path;
    private readonly RankConfig _config;

    /// <summary>Looks for ranks.</summary>
    /// <param name="folders">The folders; each has the configuration and some of the ranks.</param>
    /// <exception cref="CheckpointException">CKPT3250 when the configurations differ, 2xxx when one is damaged.</exception>
    public RankSet(IReadOnlyList<CheckpointDirectory> folders)
    {
        ArgumentNullException.ThrowIfNull(folders);
        _path = folders[0].PathOf(ConfigName);
        byte[] bytes = folders[0].ReadAll(ConfigName);
        _config = new RankConfig(_path, JsonFile.Parse(_path, bytes));
        foreach (CheckpointDirectory folder in folders)
        {
            if (!folder.ReadAll(ConfigName).AsSpan().SequenceEqual(bytes))
            {
                throw Errors.RanksMixed(folder.Folder, folders[0].Folder);
            }
        }

        Expectation = RankExpectation.Of(_config);
        for (int rank = 0; rank < Expectation.Grid.FileCount; rank++)
        {
            if (folders.FirstOrDefault(f => f.Has(NameOf(rank))) is { } holder)
            {
                _holders.Add(rank, holder);
            }
        }
    }

    /// <summary>The ranks' grid.</summary>
    public RankGrid Grid => Expectation.Grid;

    /// <summary>The architecture that the configuration names.</summary>
    public string Architecture => _config.Architecture;

    private RankExpectation Expectation { get; }

    /// <summary>Checks the set.</summary>
    /// <returns>What a builder would warn of.</returns>
    /// <exception cref="CheckpointException">CKPT2991 a rank is missing, CKPT3232 a tensor is, CKPT2007 one has another shape than the configuration says, CKPT3251 than in another rank.</exception>
    public IReadOnlyList<Diagnostic> Check()
    {
        var warnings = new List<Diagnostic>();
        for (int rank = 0; rank < Grid.FileCount; rank++)
        {
            if (!_holders.TryGetValue(rank, out CheckpointDirectory? holder))
            {
                throw Errors.RankMissing(_path, NameOf(rank));
            }

            Expectation.Check(holder, rank, warnings);
        }

        for (int stage = 0; stage < Grid.PipelineParallel; stage++)
        {
            int first = stage * Grid.TensorParallel;
            foreach (int rank in Enumerable.Range(first + 1, Grid.TensorParallel - 1))
            {
                Compare(first, rank);
            }
        }

        return warnings;
    }

    /// <summary>Where a rank's file lies.</summary>
    /// <param name="rank">Which one; it is there.</param>
    /// <returns>Its bytes.</returns>
    public ByteSource Open(int rank) => _holders[rank].OpenFile(NameOf(rank));

    /// <summary>What a rank's file is called.</summary>
    /// <param name="rank">Which one.</param>
    /// <returns>A file name.</returns>
    public static string NameOf(int rank) => string.Create(CultureInfo.InvariantCulture, $"rank{rank}.safetensors");

    // Shares of one matrix are equally large, and written in one dtype.
    private void Compare(int first, int rank)
    {
        TensorTable left = Read(first), right = Read(rank);
        string file = _holders[rank].PathOf(NameOf(rank)), other = NameOf(first);
        foreach (Tensor tensor in left)
        {
            string needed = $"{tensor.DType.LongName} {tensor.Shape}";
            string found = right.TryGet(tensor.Name, out Tensor? own) ? $"{own.DType.LongName} {own.Shape}" : "not there";
            if (found != needed)
            {
                throw Errors.RanksDiffer(file, tensor.Name, found, needed, other);
            }
        }

        if (right.FirstOrDefault(t => !left.TryGet(t.Name, out _)) is { } further)
        {
            throw Errors.RanksDiffer(file, further.Name, $"{further.DType.LongName} {further.Shape}", "not there", other);
        }
    }

    private TensorTable Read(int rank)
    {
        ByteSource source = Open(rank);
        return Format.Detect(source).Read(source).Tensors;
    }
}

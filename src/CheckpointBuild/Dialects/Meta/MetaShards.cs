using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.Meta;

/// <summary>The files <c>consolidated.00.pth</c> and on, of which each holds the share of one process: put together tensor by tensor, as views.</summary>
internal sealed partial class MetaShards
{
    private const string Prefix = "consolidated.";
    private readonly string _path;
    private readonly ImmutableArray<TensorTable> _files;
    private readonly ParamsFile _params;

    private MetaShards(string path, ImmutableArray<TensorTable> files, ParamsFile parameters)
    {
        _path = path;
        _files = files;
        _params = parameters;
    }

    /// <summary>How many files there are.</summary>
    public int Count => _files.Length;

    /// <summary>Whether the files share the embedding by columns.</summary>
    public bool EmbeddingByColumns { get; private set; }

    /// <summary>The stored rotary frequencies, which follow from the configuration; null where there are none.</summary>
    public Tensor? Frequencies => _files[0].TryGet(MetaNames.Frequencies, out Tensor? tensor) ? tensor : null;

    /// <summary>Whether a file's name is that of a shard.</summary>
    /// <param name="name">The name.</param>
    /// <returns>True for <c>consolidated.03.pth</c>.</returns>
    public static bool IsShard(string name) => name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(".pth", StringComparison.Ordinal)
        && name.Length > Prefix.Length + 4 && name[Prefix.Length..^4].All(char.IsAsciiDigit);

    /// <summary>The files of a folder: Meta's own, or the one that torchtune's checkpointer for Meta's form saved, the newest.</summary>
    /// <param name="directory">The folder, or one file in it.</param>
    /// <returns>Their names in order; none where there are none.</returns>
    public static string[] FilesIn(CheckpointDirectory directory)
    {
        string[] own = [.. directory.FolderFiles.Where(IsShard)];
        return directory.File is { } one && !IsShard(one) ? (IsSaved(one) ? [one] : [])
            : own.Length > 0 ? own
            : [.. directory.FolderFiles.Where(IsSaved).OrderByDescending(HuggingFace.WeightSet.SortKey, StringComparer.Ordinal).Take(1)];
    }

    /// <summary>Opens the files of a folder.</summary>
    /// <param name="directory">The folder, or one file in it.</param>
    /// <param name="parameters">The sizes that the whole has.</param>
    /// <param name="problems">Receives what was noticed.</param>
    /// <returns>The files.</returns>
    /// <exception cref="CheckpointException">CKPT2151 when one is missing.</exception>
    public static MetaShards Open(CheckpointDirectory directory, ParamsFile parameters, ImmutableArray<Diagnostic>.Builder problems)
    {
        string[] names = FilesIn(directory);
        for (int i = 0; i < names.Length && IsShard(names[i]); i++)
        {
            string expected = NameOf(i);
            if (names[i] != expected)
            {
                throw Errors.MetaShardMissing(directory.PathOf(expected), "there is no such file", $"the files go on with {Errors.Quote(names[i])}");
            }
        }

        ImmutableArray<TensorTable>.Builder files = ImmutableArray.CreateBuilder<TensorTable>(names.Length);
        foreach (string name in names)
        {
            ByteSource source = directory.OpenFile(name);
            TensorFile file = Format.Detect(source).Read(source);
            files.Add(file.Tensors.Count > 0 ? file.Tensors : throw Errors.NotTensors(source.Name, "what it holds", $"{file.Metadata.Count} values and no tensor"));
            if (file.Metadata.Count > 0)
            {
                problems.Add(Errors.ValuesLeftOut(source.Name, file.Metadata.Count, file.Metadata.First().Key));
            }
        }

        return new MetaShards(directory.PathOf(names[0]), files.MoveToImmutable(), parameters);
    }

    private static bool IsSaved(string name) => Saved().IsMatch(name);

    [GeneratedRegex(@"^(meta_model_[0-9]{1,9}\.pt|model-00001-of-00001\.bin)$", RegexOptions.CultureInvariant)]
    private static partial Regex Saved();

    /// <summary>The name of a shard.</summary>
    /// <param name="index">Its number from 0.</param>
    /// <returns><c>consolidated.00.pth</c>.</returns>
    public static string NameOf(int index) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{index:D2}.pth");

    /// <summary>Puts every tensor together, but for the frequencies.</summary>
    /// <returns>The whole tensors in the first file's order.</returns>
    /// <exception cref="CheckpointException">CKPT2151 or CKPT2152, CKPT2002 when params.json has other heads than the weights.</exception>
    public IReadOnlyList<Tensor> Merge()
    {
        RefuseMissing();
        RefuseOtherHeads();
        foreach (TensorTable file in _files)
        {
            if (file.Count != _files[0].Count || file.FirstOrDefault(t => !_files[0].TryGet(t.Name, out _)) is not null)
            {
                throw Errors.MetaShardsDiffer(_path, file.FirstOrDefault(t => !_files[0].TryGet(t.Name, out _))?.Name ?? _files[0].First(t => !file.TryGet(t.Name, out _)).Name, "stands in some files and not in others");
            }
        }

        return [.. _files[0].Where(t => t.Name != MetaNames.Frequencies).Select(t => Merge(t.Name))];
    }

    private Tensor Merge(string name)
    {
        ImmutableArray<Tensor> parts = [.. _files.Select(f => f.TryGet(name, out Tensor? part) ? part : throw Errors.MetaShardsDiffer(_path, name, "is missing in some file"))];
        if (parts.Length == 1)
        {
            return parts[0];
        }

        // A vocabulary need not divide: the last file then has fewer rows.
        MetaAxis? axis = MetaNames.AxisOf(name);
        bool rowsMayDiffer = axis is MetaAxis.Rows or MetaAxis.RowsOrColumns;
        if (parts.FirstOrDefault(p => p.DType != parts[0].DType || p.Shape.Rank != parts[0].Shape.Rank || (p.Shape != parts[0].Shape && !(rowsMayDiffer && p.Shape.Columns == parts[0].Shape.Columns))) is { } other)
        {
            throw Errors.MetaShardsDiffer(_path, name, $"is {parts[0].DType} {parts[0].Shape} in one file and {other.DType} {other.Shape} in another");
        }

        switch (axis)
        {
            case MetaAxis.Rows:
                return JoinedRows.Of(name, parts, 1);
            case MetaAxis.KeyRows:
                return JoinedRows.Of(name, WithoutCopies(name, parts), 1);
            case MetaAxis.Columns:
                return JoinedColumns.Of(name, parts);
            case MetaAxis.RowsOrColumns:
                EmbeddingByColumns = parts[0].Shape.Columns * Count == _params.Dimension;
                return EmbeddingByColumns ? JoinedColumns.Of(name, parts) : JoinedRows.Of(name, parts, 1);
            default:
                return Same(name, parts);
        }
    }

    // With more files than key and value heads, neighbours hold the same head.
    private ImmutableArray<Tensor> WithoutCopies(string name, ImmutableArray<Tensor> parts)
    {
        int copies = Math.Max(1, Count / Math.Max(1, _params.KeyValueHeads));
        if (copies == 1)
        {
            return parts;
        }

        return [.. Enumerable.Range(0, parts.Length / copies).Select(i => AreSame(parts[(i * copies)..((i + 1) * copies)])
            ? parts[i * copies]
            : throw _params.Wrong(ParamsFile.KeyValueField, $"{_params.KeyValueHeads}", $"what makes '{name}' of {copies} neighbouring files copies of each other, which they are not (unless the shards are of different checkpoints)"))];
    }

    private static bool AreSame(ImmutableArray<Tensor> parts) => parts.All(p => TensorComparison.AreEqual(parts[0], p));

    private Tensor Same(string name, ImmutableArray<Tensor> parts) => AreSame(parts)
        ? parts[0]
        : throw Errors.MetaShardsDiffer(_path, name, "must be the same in all files, and is not");

    // The first matrix tells: of one shard of several it has a share of the rows that params.json asks for.
    private void RefuseMissing()
    {
        if (!_files[0].TryGet("layers.0.attention.wq.weight", out Tensor? query) || query.Shape.Rank != 2)
        {
            return;
        }

        long needed = _params.Dimension, found = query.Shape.Rows * Count;
        if (found < needed && needed % query.Shape.Rows == 0)
        {
            throw Errors.MetaShardMissing(
                Path.Combine(Path.GetDirectoryName(_path)!, NameOf(Count)),
                "there is no such file",
                $"the tensor 'layers.0.attention.wq.weight' of {Count} shard{(Count == 1 ? "" : "s")} has {found} rows, params.json needs {needed}: {needed / query.Shape.Rows} shards");
        }
    }

    // Which rows of keys belong together is known from params.json alone; where it contradicts the rows that there are, no shard is to blame.
    private void RefuseOtherHeads()
    {
        const string Key = "layers.0.attention.wk.weight";
        if (!_files[0].TryGet(Key, out Tensor? keys) || keys.Shape.Rank != 2)
        {
            return;
        }

        int heads = _params.KeyValueHeads, size = _params.Dimension / _params.Heads;
        long needed = (long)size * Math.Max(1, heads / Count);
        if (keys.Shape.Rows != needed)
        {
            throw _params.Wrong(ParamsFile.KeyValueField, $"{heads} (of {_params.Heads}, each of {size} rows)", $"what gives the {keys.Shape.Rows} rows that '{Key}' has{(Count == 1 ? "" : $" in each of {Count} files")}");
        }
    }
}

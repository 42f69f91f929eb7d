using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Formats;

/// <summary>A GGUF model in one file, or in the parts that llama.cpp's splitter makes, read as one.</summary>
/// <remarks>
/// Parts are named <c>PREFIX-00001-of-00003.gguf</c>. Each holds <c>split.no</c> (u16, from 0), <c>split.count</c> (u16) and <c>split.tensors.count</c> (i32, of all parts together); the
/// model's own metadata stands in the first.
/// </remarks>
internal sealed class GgufSet : IDisposable
{
    private const string NumberKey = "split.no";
    private const string CountKey = "split.count";
    private const string TensorsKey = "split.tensors.count";
    private readonly List<ByteSource> _parts = [];

    private GgufSet()
    {
    }

    /// <summary>What the parts hold together, part after part, with the first part's metadata; of a set, without the keys that describe the split.</summary>
    public TensorFile Contents { get; private set; } = new(TensorTable.Empty, new Metadata());

    /// <summary>The files, first to last.</summary>
    public IReadOnlyList<ByteSource> Parts => _parts;

    /// <summary>Opens a GGUF file and, where it is the first of a set, the other parts beside it.</summary>
    /// <param name="path">The file, or the first part.</param>
    /// <returns>The model; dispose it when its tensors are no longer read.</returns>
    /// <exception cref="CheckpointException">CKPT1060 for a missing part, CKPT1061 for a later part, CKPT1062 for a first part under another name, CKPT1063 and CKPT1064 for parts that do not
    /// belong together, CKPT1005 for a tensor that two parts have; else what reading one file throws.</exception>
    public static GgufSet Open(string path)
    {
        var set = new GgufSet();
        try
        {
            set.Contents = set.ReadPart(path);
            int count = set.Contents.Metadata.TryGet(CountKey, out _) ? Number<ushort>(path, set.Contents, CountKey) : 0;
            if (count > 1)
            {
                set.Join(path, count);
            }

            return set;
        }
        catch
        {
            set.Dispose();
            throw;
        }
    }

    /// <summary>The name of one part of a set.</summary>
    /// <param name="prefix">What all parts begin with.</param>
    /// <param name="part">From 1 to <paramref name="count"/>.</param>
    /// <param name="count">How many parts there are.</param>
    /// <returns><c>PREFIX-00001-of-00003.gguf</c>.</returns>
    public static string PartName(string prefix, int part, int count) => string.Create(CultureInfo.InvariantCulture, $"{prefix}-{part:D5}-of-{count:D5}.gguf");

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ByteSource part in _parts)
        {
            part.Dispose();
        }
    }

    private void Join(string firstPath, int count)
    {
        string prefix = Prefix(firstPath, count);
        var tensors = new List<Tensor>(Contents.Tensors);
        var names = new HashSet<string>(StringComparer.Ordinal);
        tensors.ForEach(tensor => names.Add(tensor.Name));
        for (int part = 2; part <= count; part++)
        {
            string path = PartName(prefix, part, count);
            if (!File.Exists(path))
            {
                throw Errors.GgufPartMissing(path, part, count);
            }

            TensorFile next = ReadPart(path);
            Demand(path, next, NumberKey, (ushort)(part - 1));
            Demand(path, next, CountKey, (ushort)count);
            foreach (Tensor tensor in next.Tensors)
            {
                tensors.Add(names.Add(tensor.Name) ? tensor : throw Errors.DuplicateTensor(path, tensor.Name));
            }
        }

        int total = Number<int>(firstPath, Contents, TensorsKey);
        Contents = total == tensors.Count
            ? new TensorFile(new TensorTable(tensors), WithoutSplit(Contents.Metadata))
            : throw Errors.GgufPartTensors(firstPath, tensors.Count, total);
    }

    private string Prefix(string firstPath, int count)
    {
        int number = Number<ushort>(firstPath, Contents, NumberKey);
        if (number != 0)
        {
            throw Errors.GgufPartNotFirst(firstPath, number + 1, count);
        }

        string suffix = PartName(string.Empty, 1, count);
        return firstPath.EndsWith(suffix, StringComparison.Ordinal) ? firstPath[..^suffix.Length] : throw Errors.GgufPartName(firstPath, count);
    }

    private TensorFile ReadPart(string path)
    {
        var source = new FileSource(path);
        _parts.Add(source);
        return Format.Gguf.Read(source);
    }

    private static void Demand(string path, TensorFile file, string key, ushort needed)
    {
        ushort found = Number<ushort>(path, file, key);
        if (found != needed)
        {
            throw Errors.GgufPartKey(path, key, $"{found}", $"{needed}");
        }
    }

    private static T Number<T>(string path, TensorFile file, string key)
        where T : struct
    {
        string needed = typeof(T) == typeof(ushort) ? "a u16" : "an i32";
        return !file.Metadata.TryGet(key, out object? value) ? throw Errors.GgufPartKey(path, key, "absent", needed)
            : value is T number ? number
            : throw Errors.GgufPartKey(path, key, $"of type {value.GetType().Name}", needed);
    }

    private static Metadata WithoutSplit(Metadata metadata)
    {
        var rest = new Metadata();
        foreach ((string key, object value) in metadata)
        {
            if (key is not (NumberKey or CountKey or TensorsKey))
            {
                rest.Add(key, value);
            }
        }

        return rest;
    }
}

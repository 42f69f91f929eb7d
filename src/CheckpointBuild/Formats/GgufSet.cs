using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Text.RegularExpressions;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Formats;

/// <summary>A GGUF model in one file, or in the parts that llama.cpp's splitter makes, read as one.</summary>
/// <remarks>
/// Parts are named <c>PREFIX-00001-of-00003.gguf</c>. Each holds <c>split.no</c> (u16, from 0), <c>split.count</c> (u16) and <c>split.tensors.count</c> (i32, of all parts together); the
/// model's own metadata stands in the first.
/// </remarks>
internal static partial class GgufSet
{
    /// <summary>The key of a part's number, u16 from 0.</summary>
    internal const string NumberKey = "split.no";

    /// <summary>The key of the number of parts, u16.</summary>
    internal const string CountKey = "split.count";

    /// <summary>The key of the number of tensors in all parts, i32.</summary>
    internal const string TensorsKey = "split.tensors.count";

    /// <summary>The keys of parts, which say nothing of the model.</summary>
    internal static ImmutableArray<string> Keys { get; } = [NumberKey, CountKey, TensorsKey];

    /// <summary>Reads a GGUF file and, where it is the first of a set, the other parts beside it.</summary>
    /// <param name="first">The file, or the first part.</param>
    /// <param name="open">Opens a file of the same folder by its name, or gives null where there is none; whoever calls keeps the files open as long as the tensors are used.</param>
    /// <returns>What the parts hold together, part after part, with the first part's metadata; of a set, without the keys that describe the split.</returns>
    /// <exception cref="CheckpointException">CKPT1060 for a missing part, CKPT1061 for a later part, CKPT1062 for a first part under another name, CKPT1063 and CKPT1064 for parts that do not
    /// belong together, CKPT1005 for a tensor that two parts have; else what reading one file throws.</exception>
    public static TensorFile Read(ByteSource first, Func<string, ByteSource?> open)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(open);
        TensorFile file = Format.Gguf.Read(first);
        int count = file.Metadata.TryGet(CountKey, out _) ? Number<ushort>(first, file, CountKey) : 0;
        return count > 1 ? Join(first, file, count, open) : file;
    }

    /// <summary>The name of one part of a set.</summary>
    /// <param name="prefix">What all parts begin with.</param>
    /// <param name="part">From 1 to <paramref name="count"/>.</param>
    /// <param name="count">How many parts there are.</param>
    /// <returns><c>PREFIX-00001-of-00003.gguf</c>.</returns>
    public static string PartName(string prefix, int part, int count) => string.Create(CultureInfo.InvariantCulture, $"{prefix}-{part:D5}-of-{count:D5}.gguf");

    /// <summary>Whether a file's name is that of a part which the first part stands for.</summary>
    /// <param name="name">The name.</param>
    /// <returns>True for the second part and all after it.</returns>
    public static bool IsLaterPart(string name) => PartPattern().Match(name) is { Success: true } match && match.Groups[1].ValueSpan is not "00001";

    /// <summary>What a file calls its model: its name without extension, and without what a part's name ends in.</summary>
    /// <param name="name">The file's name.</param>
    /// <returns>The name.</returns>
    public static string ModelOf(string name) => PartEnd().Replace(Path.GetFileNameWithoutExtension(name), "");

    private static TensorFile Join(ByteSource first, TensorFile file, int count, Func<string, ByteSource?> open)
    {
        string prefix = Prefix(first, file, count);
        var tensors = new List<Tensor>(file.Tensors);
        var names = new HashSet<string>(StringComparer.Ordinal);
        tensors.ForEach(tensor => names.Add(tensor.Name));
        for (int part = 2; part <= count; part++)
        {
            string name = PartName(prefix, part, count);
            ByteSource source = open(name) ?? throw Errors.GgufPartMissing(Path.Join(Path.GetDirectoryName(first.Name), name), part, count);
            TensorFile next = Format.Gguf.Read(source);
            Demand(source, next, NumberKey, (ushort)(part - 1));
            Demand(source, next, CountKey, (ushort)count);
            foreach (Tensor tensor in next.Tensors)
            {
                tensors.Add(names.Add(tensor.Name) ? tensor : throw Errors.DuplicateTensor(source.Name, tensor.Name));
            }
        }

        int total = Number<int>(first, file, TensorsKey);
        return total == tensors.Count
            ? new TensorFile(new TensorTable(tensors), WithoutSplit(file.Metadata))
            : throw Errors.GgufPartTensors(first.Name, tensors.Count, total);
    }

    private static string Prefix(ByteSource first, TensorFile file, int count)
    {
        int number = Number<ushort>(first, file, NumberKey);
        if (number != 0)
        {
            throw Errors.GgufPartNotFirst(first.Name, number + 1, count);
        }

        string name = Path.GetFileName(first.Name);
        string suffix = PartName(string.Empty, 1, count);
        return name.EndsWith(suffix, StringComparison.Ordinal) ? name[..^suffix.Length] : throw Errors.GgufPartName(first.Name, count);
    }

    private static void Demand(ByteSource source, TensorFile file, string key, ushort needed)
    {
        ushort found = Number<ushort>(source, file, key);
        if (found != needed)
        {
            throw Errors.GgufPartKey(source.Name, key, $"{found}", $"{needed}");
        }
    }

    private static T Number<T>(ByteSource source, TensorFile file, string key)
        where T : struct
    {
        string needed = typeof(T) == typeof(ushort) ? "a u16" : "an i32";
        return !file.Metadata.TryGet(key, out object? value) ? throw Errors.GgufPartKey(source.Name, key, "absent", needed)
            : value is T number ? number
            : throw Errors.GgufPartKey(source.Name, key, $"of type {value.GetType().Name}", needed);
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

    [GeneratedRegex(@"-(\d{5})-of-\d{5}\.gguf$", RegexOptions.CultureInvariant)]
    private static partial Regex PartPattern();

    [GeneratedRegex("-[0-9]{5}-of-[0-9]{5}$", RegexOptions.CultureInvariant)]
    private static partial Regex PartEnd();
}

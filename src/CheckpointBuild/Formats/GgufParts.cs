using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Formats;

/// <summary>A GGUF model laid out in parts, as llama.cpp's converter splits it: tensors in their order, a new part where the next tensor would make it too large, the metadata in the first.</summary>
internal static class GgufParts
{
    // The keys hold part numbers as u16, file names five digits.
    private const int MostParts = ushort.MaxValue;

    /// <summary>Lays out the parts.</summary>
    /// <param name="name">What all parts begin with, and what a single file is called before its extension.</param>
    /// <param name="file">The model.</param>
    /// <param name="mostBytes">The most bytes of tensors in one part; a tensor that is larger has a part of its own.</param>
    /// <returns>One file, or parts named <c>NAME-00001-of-00003.gguf</c>.</returns>
    /// <exception cref="CheckpointException">CKPT4070 when there would be more than 65,535 parts.</exception>
    public static ImmutableArray<FilePlan> Plan(string name, TensorFile file, long mostBytes) => Plan(name, file, (bytes, _) => bytes <= mostBytes);

    /// <summary>Lays out the parts.</summary>
    /// <param name="name">What all parts begin with.</param>
    /// <param name="file">The model.</param>
    /// <param name="fits">Whether a part may have so many bytes and tensors.</param>
    /// <returns>The parts.</returns>
    internal static ImmutableArray<FilePlan> Plan(string name, TensorFile file, Func<long, int, bool> fits)
    {
        List<List<Tensor>> parts = Split(file.Tensors, fits);
        if (parts.Count == 1)
        {
            return [Format.Gguf.Plan(name + ".gguf", file)];
        }

        if (parts.Count > MostParts)
        {
            throw Errors.TooManyParts(name, parts.Count, MostParts);
        }

        ImmutableArray<FilePlan>.Builder plans = ImmutableArray.CreateBuilder<FilePlan>(parts.Count);
        for (int part = 0; part < parts.Count; part++)
        {
            var metadata = new Metadata();
            foreach ((string key, object value) in part == 0 ? file.Metadata : [])
            {
                metadata.Add(key, value);
            }

            metadata.Set(GgufSet.NumberKey, (ushort)part);
            metadata.Set(GgufSet.CountKey, (ushort)parts.Count);
            metadata.Set(GgufSet.TensorsKey, file.Tensors.Count);
            plans.Add(Format.Gguf.Plan(GgufSet.PartName(name, part + 1, parts.Count), new TensorFile(new TensorTable(parts[part]), metadata)));
        }

        return plans.MoveToImmutable();
    }

    private static List<List<Tensor>> Split(TensorTable tensors, Func<long, int, bool> fits)
    {
        var parts = new List<List<Tensor>> { new() };
        long bytes = 0;
        foreach (Tensor tensor in tensors)
        {
            if (parts[^1].Count > 0 && !fits(checked(bytes + tensor.ByteCount), parts[^1].Count + 1))
            {
                parts.Add([]);
                bytes = 0;
            }

            parts[^1].Add(tensor);
            bytes = checked(bytes + tensor.ByteCount);
        }

        return parts;
    }
}

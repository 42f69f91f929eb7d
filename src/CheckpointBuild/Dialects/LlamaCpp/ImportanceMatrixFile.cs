using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Formats.Wire;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <summary>An importance matrix as llama.cpp's <c>llama-imatrix</c> writes it: a GGUF file of the type <c>imatrix</c>, or the older form without one. Dispose it to close the file.</summary>
/// <remarks>
/// <code>
/// GGUF:  NAME.in_sum2 [matrices, columns], sums of squared activations; NAME.counts [matrices], tokens seen; what else stands there is left alone
/// older: entries i32 | name length i32, name, calls i32, values i32, f32 ... | last chunk i32 | length i32, name of the text
/// </code>
/// </remarks>
public sealed class ImportanceMatrixFile : IDisposable
{
    private const string SumSuffix = ".in_sum2";
    private const string CountSuffix = ".counts";

    // The smallest entry of the older form: a name of one byte and no values.
    private const int SmallestEntry = (3 * sizeof(int)) + 1;
    private const int MostNameBytes = 1 << 10;

    private ImportanceMatrixFile(FileSource source, ImportanceMatrix matrix)
    {
        Source = source;
        Matrix = matrix;
    }

    /// <summary>The file.</summary>
    public FileSource Source { get; }

    /// <summary>What it holds.</summary>
    public ImportanceMatrix Matrix { get; }

    /// <summary>Opens and reads one.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The matrix, with its file open.</returns>
    /// <exception cref="CheckpointException">CKPT1070 when it is no importance matrix, CKPT1071 when it is damaged, 1xxx when it cannot be read.</exception>
    public static ImportanceMatrixFile Open(string path)
    {
        var source = new FileSource(path);
        try
        {
            string name = Path.GetFileName(path);
            return new ImportanceMatrixFile(source, source.Length >= Gguf.Magic.Length && source.ReadBytes(0, Gguf.Magic.Length).AsSpan().SequenceEqual(Gguf.Magic) ? ReadGguf(source, name) : ReadOlder(source, name));
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Source.Dispose();

    private static ImportanceMatrix ReadGguf(FileSource source, string name)
    {
        TensorFile file = Format.Gguf.Read(source);
        if (file.Metadata.Get<string>("general.type") != "imatrix")
        {
            throw Errors.NoImportanceMatrix(source.Name, "it is a GGUF file of another type");
        }

        using var workspace = new Workspace();
        var entries = new Dictionary<string, float[]>(StringComparer.Ordinal);
        foreach (Tensor sums in file.Tensors.Where(t => t.Name.EndsWith(SumSuffix, StringComparison.Ordinal)))
        {
            string of = sums.Name[..^SumSuffix.Length];
            if (!file.Tensors.TryGet(of + CountSuffix, out Tensor? counts) || sums.DType != DType.F32 || counts.DType != DType.F32 || counts.Shape.ElementCount != sums.Rows)
            {
                throw Errors.ImportanceDamaged(source.Name, of, "sums and counts do not fit each other");
            }

            entries.Add(of, Means(source, of, Values(sums, workspace), Checked(source, of, Values(counts, workspace))));
        }

        return entries.Count == 0
            ? throw Errors.NoImportanceMatrix(source.Name, "it holds no sums")
            : new ImportanceMatrix(name, entries)
            {
                Dataset = file.Metadata.Get<string[]>("imatrix.datasets") is { Length: > 0 } datasets ? datasets[0] : null,
                Chunks = (int)Math.Min(file.Metadata.Get<uint?>("imatrix.chunk_count") ?? 0, int.MaxValue),
            };
    }

    private static float[] Values(Tensor tensor, Workspace workspace)
    {
        using Band band = tensor.ReadBand(new RowRange(0, checked((int)tensor.Rows)), workspace);
        return MemoryMarshal.Cast<byte, float>(band.Codes).ToArray();
    }

    // An expert that no token reached counts as one whose columns are all alike.
    private static float[] Means(FileSource source, string of, float[] sums, float[] counts)
    {
        int columns = sums.Length / counts.Length;
        for (int i = 0; i < sums.Length; i++)
        {
            float count = counts[i / columns];
            sums[i] = count > 0 ? sums[i] / count : 1;
        }

        return Checked(source, of, sums);
    }

    private static ImportanceMatrix ReadOlder(FileSource source, string name)
    {
        var cursor = new ByteCursor(source);
        int count = cursor.Remaining >= sizeof(int) ? (int)cursor.ReadUInt32() : 0;
        if (count <= 0 || count > cursor.Remaining / SmallestEntry)
        {
            throw Errors.NoImportanceMatrix(source.Name, "neither a GGUF file nor the older form begins so");
        }

        var entries = new Dictionary<string, float[]>(StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            string of = ReadText(source, cursor);
            int calls = ReadNumber(source, cursor), values = ReadNumber(source, cursor);
            if (values <= 0 || values > cursor.Remaining / sizeof(float) || calls < 0 || entries.ContainsKey(of))
            {
                throw Errors.ImportanceDamaged(source.Name, of, $"{values} values of {calls} calls");
            }

            float[] means = new float[values];
            cursor.Read(MemoryMarshal.AsBytes(means.AsSpan()));
            for (int v = 0; v < values && calls > 0; v++)
            {
                means[v] /= calls;
            }

            entries.Add(of, Checked(source, of, means));
        }

        int chunks = cursor.Remaining >= sizeof(int) ? ReadNumber(source, cursor) : 0;
        return new ImportanceMatrix(name, entries) { Chunks = Math.Max(chunks, 0), Dataset = cursor.Remaining >= sizeof(int) ? ReadText(source, cursor) : null };
    }

    private static string ReadText(FileSource source, ByteCursor cursor)
    {
        int bytes = ReadNumber(source, cursor);
        return bytes is >= 0 and <= MostNameBytes && bytes <= cursor.Remaining && cursor.ReadText(bytes) is { } text
            ? text
            : throw Errors.ImportanceDamaged(source.Name, "?", $"a name of {bytes} bytes");
    }

    private static int ReadNumber(FileSource source, ByteCursor cursor) =>
        cursor.Remaining >= sizeof(int) ? (int)cursor.ReadUInt32() : throw Errors.ImportanceDamaged(source.Name, "?", "the file ends early");

    private static float[] Checked(FileSource source, string of, float[] values) => Array.TrueForAll(values, v => float.IsFinite(v) && v >= 0)
        ? values
        : throw Errors.ImportanceDamaged(source.Name, of, "a number that is negative or not finite");
}

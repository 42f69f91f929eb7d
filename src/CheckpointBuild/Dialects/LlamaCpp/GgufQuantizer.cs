using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;
using CheckpointBuild.DTypes.Ggml;
using CheckpointBuild.Formats;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <summary>What <c>llama-quantize</c> makes of a GGUF file: tensors in its order and types, metadata with its keys. No data is read.</summary>
/// <param name="kind">The kind of file.</param>
/// <param name="options">What is asked beside.</param>
/// <param name="overflow">What happens to finite numbers that a dtype cannot hold.</param>
/// <param name="followsReference">Whether the reference's bytes are asked for where they are wrong.</param>
internal sealed partial class GgufQuantizer(GgufFileType kind, GgufMixOptions options, OverflowRule overflow, bool followsReference)
{
    private const string QuantizationVersionKey = "general.quantization_version";
    private const string FileTypeKey = "general.file_type";

    // llama.cpp's LLAMA_FTYPE_GUESSED.
    private const uint Guessed = 1024;
    private const string ImportancePrefix = "quantize.imatrix.";
    private readonly List<(Tensor Tensor, DType Wanted, DType Given)> _narrow = [];
    private readonly ConcurrentDictionary<string, bool> _withZeros = new(StringComparer.Ordinal);
    private readonly ImmutableArray<Diagnostic>.Builder _warnings = ImmutableArray.CreateBuilder<Diagnostic>();

    /// <summary>Whether only types are asked for, so that no importance is missed.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>What the user should know.</summary>
    public ImmutableArray<Diagnostic> Warnings => _warnings.ToImmutable();

    /// <summary>What the user should know when the tensors are encoded.</summary>
    /// <param name="name">What the source is called, for messages.</param>
    /// <returns>CKPT3093 where the reference's tool and this one write other bytes, or would.</returns>
    public IEnumerable<Diagnostic> NoticedInTensors(string name) => _withZeros.IsEmpty ? [] : [Errors.ZerosDisplace(name, [.. _withZeros.Keys.Order(StringComparer.Ordinal)], followsReference)];

    /// <summary>Plans the quantized file.</summary>
    /// <param name="name">What the source is called, for messages.</param>
    /// <param name="source">The file as the converter would write it, or as it was found.</param>
    /// <returns>The quantized file.</returns>
    /// <exception cref="CheckpointException">CKPT3070 without the importance matrix that the kind needs, CKPT3071 to CKPT3075 where matrix, widths, layers or tensors do not fit.</exception>
    public TensorFile Quantize(string name, TensorFile source)
    {
        string architecture = source.Metadata.Get<string>("general.architecture") ?? "";
        int layers = Counted(name, source.Metadata, $"{architecture}.block_count");
        int[] kept = LayersKept(name, layers);
        CheckImportance(source.Tensors);
        Tensor[] tensors = [.. source.Tensors
            .Where(t => LayerOf(t.Name) is var layer && (layer < 0 || !options.PruneLayers.Contains(layer)))
            .Select(t => LayerOf(t.Name) is >= 0 and int layer && !options.PruneLayers.IsEmpty ? Renamed.Of(t, WithLayer(t.Name, Array.IndexOf(kept, layer))) : t)
            .OrderBy(t => LayerOf(t.Name)).ThenBy(t => t.Name, StringComparer.Ordinal)];
        var model = new GgufMixModel(architecture, layers, HeadRatio(source.Metadata, architecture), Counted(name, source.Metadata, $"{architecture}.expert_count"));
        var mix = new GgufMix(kind, options, model, [.. tensors.Select(t => t.Name)]);
        _narrow.Clear();
        Tensor[] quantized = [.. tensors.Select(tensor => Typed(name, tensor, mix, LayerOf(tensor.Name) is >= 0 and int layer && !options.PruneLayers.IsEmpty ? WithLayer(tensor.Name, kept[layer]) : tensor.Name))];
        _warnings.AddRange(_narrow.GroupBy(n => (n.Wanted, n.Given)).Select(g => Errors.WidthFallsBack(name, g.Count(), g.First().Tensor.Name, g.First().Tensor.Shape.Columns, g.Key.Wanted.Name, g.Key.Given.Name)));
        WarnOfSecondQuantization(name, tensors, quantized);
        _warnings.AddRange(options.TensorTypes.Where(rule => !Array.Exists(tensors, t => rule.Matches(t.Name))).Select(rule => Errors.RuleMatchesNothing(name, rule.ToString())));
        return new TensorFile(new TensorTable(quantized), MetadataOf(name, source, architecture, layers, kept));
    }

    // A matrix of another model is passed over tensor by tensor, and nobody notices.
    private void CheckImportance(TensorTable tensors)
    {
        if (options.Importance is { } matrix && tensors.FirstOrDefault(t => t.Shape.Rank > 1) is { } first && !tensors.Any(t => matrix.TryGet(t.Name, out _)))
        {
            throw Errors.ImportanceOfOtherModel(matrix.File, matrix.Names.FirstOrDefault() ?? "", first.Name);
        }
    }

    private Tensor Typed(string file, Tensor tensor, GgufMix mix, string originalName)
    {
        if (kind == GgufFileType.Copy || GgufMix.Keeps(tensor.Name, tensor.Shape.Rank) || !tensor.DType.HasValues || (options.LeavesOutputTensor && tensor.Name == "output.weight"))
        {
            return tensor;
        }

        DType wanted = mix.Next(tensor.Name, tensor.Shape.Columns, tensor.Shape.Rank > 2);
        DType dtype = GgufFallback.For(wanted, tensor.Shape.Columns) ?? throw Errors.NoFallback(file, tensor.Name, wanted.Name, tensor.Shape.Columns, wanted.BlockLength);
        if (dtype != wanted)
        {
            _narrow.Add((tensor, wanted, dtype));
        }

        if (dtype == tensor.DType)
        {
            return tensor;
        }

        ColumnWeights? weights = WeightsOf(file, tensor, originalName);
        if (weights is null && !IsDryRun && NeedsImportance(tensor.Name, dtype))
        {
            throw options.Importance is null ? Errors.ImportanceNeeded(file, kind.Name, tensor.Name, dtype.Name) : Errors.ImportanceNeededFor(file, tensor.Name, dtype.Name);
        }

        // Where a sub-block holds only zeros the reference's bytes are wrong; ours are right unless they are asked for.
        DType? encoder = dtype.GgmlType == IQ3_S.Displaced.GgmlType ? new IQ3_S(followsReference, () => _withZeros.TryAdd(tensor.Name, true)) : null;
        return Converted.Of(tensor, dtype, overflow) is Converted converted ? converted with { Importance = weights, Encoder = encoder } : tensor;
    }

    // What the reference's tool refuses to do without.
    private bool NeedsImportance(string name, DType dtype) => dtype.Name switch
    {
        "IQ3_XXS" or "IQ2_XXS" or "IQ2_XS" or "IQ2_S" or "IQ1_S" => true,
        "IQ1_M" => name is not ("token_embd.weight" or "output.weight"),
        "Q2_K" => kind.Name == "q2_k_s" && name != "token_embd.weight",
        _ => false,
    };

    private ColumnWeights? WeightsOf(string file, Tensor tensor, string originalName)
    {
        if (options.Importance is not { } matrix || !matrix.TryGet(originalName, out float[]? values))
        {
            return null;
        }

        long matrices = tensor.Shape.Rank > 2 ? tensor.Shape.Dimensions[^3] : 1;
        return values.Length == tensor.Shape.Columns * matrices
            ? new ColumnWeights(values, tensor.Columns, tensor.Rows / matrices)
            : throw Errors.ImportanceDoesNotFit(matrix.File, originalName, values.Length, tensor.Shape.Columns * matrices);
    }

    private void WarnOfSecondQuantization(string file, Tensor[] before, Tensor[] after)
    {
        string[] again = [.. before.Zip(after).Where(p => p.First.DType.IsQuantized && p.First.DType != p.Second.DType).Select(p => p.First.Name)];
        if (again.Length > 0)
        {
            _warnings.Add(Errors.QuantizedAgain(file, again.Length, again[0]));
        }
    }

    // Keys of parts and of another matrix are the source file's own; what counts layers is counted anew.
    private Metadata MetadataOf(string name, TensorFile source, string architecture, int layers, int[] kept)
    {
        string count = $"{architecture}.block_count", dense = $"{architecture}.leading_dense_block_count";
        bool isPruned = kept.Length != layers;
        var metadata = new Metadata();
        foreach ((string key, object value) in source.Metadata)
        {
            if (key.StartsWith(ImportancePrefix, StringComparison.Ordinal) || GgufSet.Keys.Contains(key))
            {
                continue;
            }

            metadata.Add(key, !isPruned ? value
                : key == dense && value is uint leading ? (uint)kept.Count(layer => layer < leading)
                : value is Array { Length: var length } list && length == layers && key.StartsWith(architecture + ".", StringComparison.Ordinal) ? Kept(list, kept)
                : value);
        }

        metadata.SetLast(QuantizationVersionKey, 2u);
        metadata.SetLast(FileTypeKey, kind == GgufFileType.Copy ? KindOf(source) : kind.Number);
        foreach (MetadataOverride choice in options.Overrides)
        {
            if (metadata.TryGet(choice.Key, out object? found) && FormOf(found) != FormOf(choice.Value))
            {
                throw found is Array ? Errors.ListOverridden(name, choice.Key) : Errors.OverrideOfOtherKind(name, choice.Key, FormOf(choice.Value), FormOf(found));
            }

            metadata.SetLast(choice.Key, choice.Value);
        }

        if (options.Importance is { } matrix)
        {
            metadata.Add(ImportancePrefix + "file", matrix.File);
            if (matrix.Dataset is { } dataset)
            {
                metadata.Add(ImportancePrefix + "dataset", dataset);
            }

            metadata.Add(ImportancePrefix + "entries_count", (uint)matrix.Count);
            if (matrix.Chunks > 0)
            {
                metadata.Add(ImportancePrefix + "chunks_count", (uint)matrix.Chunks);
            }
        }

        if (isPruned)
        {
            metadata.SetLast(count, (uint)kept.Length);
        }

        return metadata;
    }

    // What a copy is: what the file says, or a guess by the type that most of its tensors have, marked as one.
    private static uint KindOf(TensorFile file) => file.Metadata.Get<uint?>(FileTypeKey)
        ?? Guessed | (file.Tensors.GroupBy(t => t.DType).MaxBy(g => g.Count()) is { } most && GgufFileType.Find(most.Key.Name) is { } kind ? kind.Number : 0);

    private static Array Kept(Array list, int[] kept)
    {
        Array shorter = Array.CreateInstanceFromArrayType(list.GetType(), kept.Length);
        for (int i = 0; i < kept.Length; i++)
        {
            shorter.SetValue(list.GetValue(kept[i]), i);
        }

        return shorter;
    }

    // Either of the integer types that files count with.
    private static int Counted(string file, Metadata metadata, string key) => metadata.TryGet(key, out object? value) ? new GgufKeyValue(file, key, value).Size : 0;

    private int[] LayersKept(string file, int layers) => options.PruneLayers.FirstOrDefault(l => l >= layers, -1) is >= 0 and int missing ? throw Errors.NoSuchLayer(file, missing, layers)
        : layers > 0 && options.PruneLayers.Distinct().Count() == layers ? throw Errors.NoLayerLeft(file, layers)
        : [.. Enumerable.Range(0, layers).Where(layer => !options.PruneLayers.Contains(layer))];

    // The first layer's count stands for all, as the reference takes it.
    private static int HeadRatio(Metadata metadata, string architecture)
    {
        uint heads = First($"{architecture}.attention.head_count") ?? 0;
        uint shared = First($"{architecture}.attention.head_count_kv") ?? heads;
        return shared == 0 ? 0 : (int)(heads / shared);

        uint? First(string key) => metadata.TryGet(key, out object? value) ? value switch
        {
            uint number => number,
            int number and >= 0 => (uint)number,
            ulong number and <= int.MaxValue => (uint)number,
            int[] { Length: > 0 } numbers when numbers[0] >= 0 => (uint)numbers[0],
            uint[] { Length: > 0 } numbers => numbers[0],
            _ => null,
        } : null;
    }

    private static int LayerOf(string name) =>
        LayerPattern().Match(name) is { Success: true } match && int.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int layer) ? layer : -1;

    private static string WithLayer(string name, int layer) => LayerPattern().Replace(name, string.Create(CultureInfo.InvariantCulture, $"blk.{layer}."), 1);

    [GeneratedRegex(@"^blk\.(\d+)\.", RegexOptions.CultureInvariant)]
    private static partial Regex LayerPattern();

    private static string FormOf(object value) => value switch
    {
        string => "a text",
        bool => "true or false",
        float or double => "a number with a fraction",
        Array => "a list",
        _ => "a whole number",
    };
}

using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using CheckpointBuild.Quantization;
using LLama.Native;

namespace CheckpointBuild.Tests.LlamaCpp;

/// <summary>llama.cpp's own quantizer of GGUF files, in this process.</summary>
internal static class LlamaCppQuantizer
{
    // ggml's GGML_TYPE_COUNT and its layers' end: nothing is asked.
    private const int End = -1;

    /// <summary>Quantizes a file.</summary>
    /// <param name="source">A GGUF file.</param>
    /// <param name="target">The quantized file.</param>
    /// <param name="kind">The kind of file.</param>
    /// <param name="options">What is asked beside.</param>
    /// <returns>Why the library did not; null = it did.</returns>
    public static unsafe string? Run(string source, string target, GgufFileType kind, GgufMixOptions options)
    {
        // Any call into the library finds and loads it; the quantizer alone does not.
        _ = LlamaCppModel.Complaint();
        NativeApi.llama_empty_call();
        var parameters = LLamaModelQuantizeParams.Default();
        parameters.nthread = 1;
        parameters.ftype = (LLamaFtype)kind.Number;
        parameters.allow_requantize = true;
        parameters.pure = options.IsPure;
        parameters.output_tensor_type = options.OutputTensorType is { } output ? (GGMLType)output.GgmlType! : parameters.output_tensor_type;
        parameters.token_embedding_type = options.TokenEmbeddingType is { } embedding ? (GGMLType)embedding.GgmlType! : parameters.token_embedding_type;
        using var pins = new Pins();
        Importance[] importance = options.Importance is { } matrix
            ? [.. matrix.Names.Select(name => matrix.TryGet(name, out float[]? values) ? new Importance(pins.Text(name), pins.Of(values), (nuint)values.Length) : default), default]
            : [];
        TypeRule[] rules = options.TensorTypes.IsEmpty ? [] : [.. options.TensorTypes.Select(rule => new TypeRule(pins.Text(rule.Pattern), rule.DType.GgmlType!.Value)), default];
        int[] layers = options.PruneLayers.IsEmpty ? [] : [.. options.PruneLayers, End];
        fixed (Importance* importanceStart = importance)
        fixed (TypeRule* rulesStart = rules)
        fixed (int* layersStart = layers)
        {
            parameters.imatrix = (nint)importanceStart;
            parameters.tensor_types = (nint)rulesStart;
            parameters.prune_layers = (nint)layersStart;
            return NativeApi.llama_model_quantize(source, target, ref parameters) == 0 ? null : LlamaCppModel.Complaint();
        }
    }

    /// <summary>Arrays that stay where they are while the library reads them.</summary>
    private sealed class Pins : IDisposable
    {
        private readonly List<GCHandle> _handles = [];

        public nint Text(string text) => Of(Encoding.UTF8.GetBytes(text + "\0"));

        public nint Of(Array array)
        {
            _handles.Add(GCHandle.Alloc(array, GCHandleType.Pinned));
            return _handles[^1].AddrOfPinnedObject();
        }

        public void Dispose() => _handles.ForEach(h => h.Free());
    }

    /// <summary>llama.cpp's <c>llama_model_imatrix_data</c>; a list of them ends with one of zeros.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Importance(nint Name, nint Values, nuint Count);

    /// <summary>llama.cpp's <c>llama_model_tensor_override</c>; a list of them ends with one of zeros.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct TypeRule(nint Pattern, int Type);
}

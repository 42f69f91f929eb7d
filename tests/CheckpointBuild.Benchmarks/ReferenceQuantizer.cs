using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using CheckpointBuild.Dialects.LlamaCpp;
using CheckpointBuild.Formats;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;
using LLama.Native;

namespace CheckpointBuild.Benchmarks;

/// <summary>llama.cpp's quantizer of GGUF files, in the library that LLamaSharp ships.</summary>
internal static class ReferenceQuantizer
{
    /// <summary>Quantizes on one thread.</summary>
    /// <param name="source">A float16 GGUF file.</param>
    /// <param name="target">The quantized file.</param>
    /// <param name="kind">The kind of file.</param>
    /// <param name="importance">An importance matrix's file, or <c>none</c>.</param>
    public static unsafe void Run(string source, string target, string kind, string importance)
    {
        // Any call into the library finds and loads it; the quantizer alone does not.
        NativeApi.llama_empty_call();
        var parameters = LLamaModelQuantizeParams.Default();
        parameters.nthread = 1;
        parameters.ftype = (LLamaFtype)GgufFileType.Find(kind)!.Number;
        var pins = new List<GCHandle>();
        Entry[] entries = importance == "none" ? [] : [.. Entries(source, importance, pins), default];
        fixed (Entry* first = entries)
        {
            parameters.imatrix = (nint)first;
            uint failure = NativeApi.llama_model_quantize(source, target, ref parameters);
            pins.ForEach(p => p.Free());
            if (failure != 0)
            {
                throw new InvalidOperationException("llama.cpp's quantizer failed.");
            }
        }
    }

    private static IEnumerable<Entry> Entries(string source, string importance, List<GCHandle> pins)
    {
        using var model = new FileSource(source);
        using ImportanceMatrixFile matrix = ImportanceMatrixFile.Open(importance);
        foreach (string name in Format.Gguf.Read(model).Tensors.Select(t => t.Name).ToArray())
        {
            if (matrix.Matrix.TryGet(name, out float[]? values))
            {
                yield return new Entry(Pin(Encoding.UTF8.GetBytes(name + "\0"), pins), Pin(values, pins), (nuint)values.Length);
            }
        }
    }

    private static nint Pin(Array array, List<GCHandle> pins)
    {
        pins.Add(GCHandle.Alloc(array, GCHandleType.Pinned));
        return pins[^1].AddrOfPinnedObject();
    }

    /// <summary>llama.cpp's <c>llama_model_imatrix_data</c>; a list of them ends with one of zeros.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Entry(nint Name, nint Values, nuint Count);
}

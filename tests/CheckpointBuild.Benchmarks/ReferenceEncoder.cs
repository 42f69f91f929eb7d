using System;
using System.IO;
using System.Runtime.InteropServices;

namespace CheckpointBuild.Benchmarks;

/// <summary>ggml's own encoders, called as its quantizer calls them: <c>ggml_quantize_chunk</c> of the library that LLamaSharp ships for AVX-512.</summary>
internal sealed unsafe class ReferenceEncoder
{
    private readonly delegate* unmanaged<int, float*, void*, long, long, long, float*, nuint> _quantize;
    private readonly delegate* unmanaged<int, byte> _needsImportance;

    /// <summary>Finds the library.</summary>
    public ReferenceEncoder()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", "avx512");
        nint library = NativeLibrary.Load(Path.Combine(folder, "libggml-base.so"));
        _quantize = (delegate* unmanaged<int, float*, void*, long, long, long, float*, nuint>)NativeLibrary.GetExport(library, "ggml_quantize_chunk");
        _needsImportance = (delegate* unmanaged<int, byte>)NativeLibrary.GetExport(library, "ggml_quantize_requires_imatrix");
    }

    /// <summary>Whether a type is refused without importance.</summary>
    /// <param name="ggmlType">ggml's number.</param>
    /// <returns>True where it is.</returns>
    public bool NeedsImportance(int ggmlType) => _needsImportance(ggmlType) != 0;

    /// <summary>Encodes rows.</summary>
    /// <param name="ggmlType">ggml's number.</param>
    /// <param name="values">[rows · columns] numbers.</param>
    /// <param name="importance">[columns], or null.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">Numbers in a row.</param>
    /// <param name="target">Receives the blocks.</param>
    public void Encode(int ggmlType, float* values, float* importance, int rows, int columns, byte* target) =>
        _quantize(ggmlType, values, target, 0, rows, columns, importance);
}

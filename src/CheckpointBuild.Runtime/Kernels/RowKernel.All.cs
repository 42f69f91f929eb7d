using System.Collections.Generic;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Runtime.Kernels;

/// <content>The list.</content>
internal abstract unsafe partial class RowKernel
{
    private static readonly DecodedKernel Decoded = new();

    private static readonly Dictionary<DType, RowKernel> OwnKernels = new()
    {
        [DType.F32] = new FormatKernel<Float32Rows>(),
        [DType.F16] = new FormatKernel<Float16Rows>(),
        [DType.BF16] = new FormatKernel<BFloat16Rows>(),
        [DType.Q8_0] = new FormatKernel<Q8_0Rows>(),
        [DType.Q4_0] = new FormatKernel<Q4_0Rows>(),
    };

    /// <summary>Dtypes whose rows are read in registers; all others are decoded a few rows at a time.</summary>
    public static IReadOnlyCollection<DType> OwnDTypes => OwnKernels.Keys;

    /// <summary>The kernel for a dtype.</summary>
    /// <param name="dtype">Any dtype that has values.</param>
    /// <returns>Its own kernel, or the one that decodes rows first.</returns>
    public static RowKernel For(DType dtype) => OwnKernels.TryGetValue(dtype, out RowKernel? kernel) ? kernel : Decoded;
}

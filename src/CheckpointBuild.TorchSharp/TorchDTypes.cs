using System.Linq;
using CheckpointBuild.DTypes;
using static TorchSharp.torch;

namespace CheckpointBuild.TorchSharp;

/// <summary>Which of torch's scalar types is which dtype.</summary>
internal static class TorchDTypes
{
    private static readonly (string Name, ScalarType Scalar)[] Pairs =
    [
        ("F32", ScalarType.Float32), ("F16", ScalarType.Float16), ("BF16", ScalarType.BFloat16), ("F64", ScalarType.Float64),
        ("I8", ScalarType.Int8), ("I16", ScalarType.Int16), ("I32", ScalarType.Int32), ("I64", ScalarType.Int64), ("U8", ScalarType.Byte), ("BOOL", ScalarType.Bool),
    ];

    /// <summary>The dtype of a scalar type.</summary>
    /// <param name="scalar">Torch's.</param>
    /// <returns>The dtype, or null where the product has none.</returns>
    public static DType? Of(ScalarType scalar) => Pairs.Where(p => p.Scalar == scalar).Select(p => DType.TryParse(p.Name, out DType? dtype) ? dtype : null).FirstOrDefault();

    /// <summary>The scalar type of a dtype.</summary>
    /// <param name="dtype">A dtype.</param>
    /// <returns>Torch's, or null where it has none: what lies in blocks.</returns>
    public static ScalarType? Of(DType dtype) => Pairs.Where(p => p.Name == dtype.Name).Select(p => (ScalarType?)p.Scalar).FirstOrDefault();
}

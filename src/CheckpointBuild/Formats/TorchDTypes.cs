using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Formats;

/// <summary>What PyTorch calls dtypes: <c>torch.bfloat16</c>, and the class of a storage of them, <c>torch.BFloat16Storage</c>. Dtypes that came later have no class: their bytes lie in an untyped storage.</summary>
internal static class TorchDTypes
{
    private static readonly (string Name, string LongName, string? Storage)[] Known =
    [
        ("float64", "float64", "DoubleStorage"),
        ("float32", "float32", "FloatStorage"),
        ("float16", "float16", "HalfStorage"),
        ("bfloat16", "bfloat16", "BFloat16Storage"),
        ("int64", "int64", "LongStorage"),
        ("int32", "int32", "IntStorage"),
        ("int16", "int16", "ShortStorage"),
        ("int8", "int8", "CharStorage"),
        ("uint8", "uint8", "ByteStorage"),
        ("bool", "bool", "BoolStorage"),
        ("complex64", "complex64", "ComplexFloatStorage"),
        ("complex128", "complex128", "ComplexDoubleStorage"),
        ("complex32", "complex32", null),
        ("uint16", "uint16", null),
        ("uint32", "uint32", null),
        ("uint64", "uint64", null),
        ("float8_e4m3fn", "float8_e4m3", null),
        ("float8_e5m2", "float8_e5m2", null),
        ("float8_e4m3fnuz", "float8_e4m3fnuz", null),
        ("float8_e5m2fnuz", "float8_e5m2fnuz", null),
        ("float8_e8m0fnu", "float8_e8m0fnu", null),
        ("float4_e2m1fn_x2", "float4_e2m1fn_x2", null),
    ];

    // Dtypes that may stand as a value ("this was trained in …") and of which no tensor is read.
    private static readonly string[] NamesAlone =
    [
        "half", "float", "double", "cfloat", "cdouble", "chalf", "short", "int", "long", "quint8", "qint8", "qint32", "quint4x2", "quint2x4",
        "bits1x8", "bits2x4", "bits4x2", "bits8", "bits16", "int1", "int2", "int3", "int4", "int5", "int6", "int7", "uint1", "uint2", "uint3", "uint4", "uint5", "uint6", "uint7",
    ];

    private static readonly FrozenDictionary<string, DType> ByName = Known.ToFrozenDictionary(k => k.Name, k => Of(k.LongName), StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, DType> ByStorage =
        Known.Where(k => k.Storage is not null).ToFrozenDictionary(k => k.Storage!, k => Of(k.LongName), StringComparer.Ordinal);

    /// <summary>Finds a dtype by the name that <c>torch</c> has for it.</summary>
    /// <param name="name">For instance <c>float8_e4m3fn</c>.</param>
    /// <returns>The dtype, or null.</returns>
    public static DType? Named(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Finds a dtype by its storage's class.</summary>
    /// <param name="storage">For instance <c>HalfStorage</c>.</param>
    /// <returns>The dtype, or null.</returns>
    public static DType? OfStorage(string storage) => ByStorage.GetValueOrDefault(storage);

    /// <summary>Whether <c>torch</c> has a dtype of a name, be there tensors of it here or not.</summary>
    /// <param name="name">The name.</param>
    /// <returns>True when it is one.</returns>
    public static bool IsDType(string name) => ByName.ContainsKey(name) || Array.IndexOf(NamesAlone, name) >= 0;

    /// <summary>What PyTorch calls a dtype.</summary>
    /// <param name="dtype">The dtype.</param>
    /// <returns>Its name and its storage's class, which may be null; null for a dtype that PyTorch has not.</returns>
    public static (string Name, string? Storage)? Find(DType dtype)
    {
        int index = Array.FindIndex(Known, k => k.LongName == dtype.LongName);
        return index < 0 ? null : (Known[index].Name, Known[index].Storage);
    }

    /// <summary>The bytes of the parts that a machine of the other byte order turns around: half of a complex number.</summary>
    /// <param name="dtype">A dtype of single numbers.</param>
    /// <returns>Bytes.</returns>
    public static int PartBytes(DType dtype) => IsComplex(dtype) ? dtype.BlockBytes / 2 : dtype.BlockBytes;

    /// <summary>Whether a dtype is of complex numbers.</summary>
    /// <param name="dtype">The dtype.</param>
    /// <returns>True when a number has two parts.</returns>
    public static bool IsComplex(DType dtype) => dtype.LongName.StartsWith("complex", StringComparison.Ordinal);

    private static DType Of(string longName) => DType.All.First(d => d.LongName == longName);
}

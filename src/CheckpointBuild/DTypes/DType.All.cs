using System.Collections.Generic;
using CheckpointBuild.DTypes.Ggml;

namespace CheckpointBuild.DTypes;

/// <content>The list.</content>
public abstract partial class DType
{
    /// <summary>IEEE 754 binary32.</summary>
    public static DType F32 { get; } = new Float32();

    /// <summary>IEEE 754 binary16.</summary>
    public static DType F16 { get; } = new Float16();

    /// <summary>The upper half of binary32.</summary>
    public static DType BF16 { get; } = new BFloat16();

    /// <summary>IEEE 754 binary64.</summary>
    public static DType F64 { get; } = new Float64();

    /// <summary>ggml's 8-bit blocks of 32.</summary>
    public static DType Q8_0 { get; } = new Q8_0();

    /// <summary>ggml's 4-bit blocks of 32.</summary>
    public static DType Q4_0 { get; } = new Q4_0();

    /// <summary>Unsigned bytes; sidecar files are carried as such.</summary>
    public static DType U8 { get; } = new PlainStorage("U8", "uint8", 1, "U8", null);

    /// <summary>Signed bytes: packed integers of quantized weights.</summary>
    public static DType I8 { get; } = new PlainStorage("I8", "int8", 1, "I8", 24);

    /// <summary>Eight-bit floats with three bits of mantissa, without infinity.</summary>
    public static DType F8E4M3 { get; } = new PlainStorage("F8_E4M3", "float8_e4m3", 1, "F8_E4M3", null);

    private static readonly DType[] AllArray =
    [
        F32, F16, BF16, F64,
        Q8_0,

        // ggml's block types: the first ones, the K types, tables and codebooks, trits and bits, four-bit floats.
        Q4_0, new Q4_1(), new Q5_0(), new Q5_1(),
        new Q2_K(), new Q3_K(), new Q4_K(), new Q5_K(), new Q6_K(),
        new IQ4_NL(), new IQ4_XS(), new IQ3_S(isDisplaced: false), new IQ3_XXS(), new IQ2_S(), new IQ2_XS(), new IQ2_XXS(), new IQ1_M(), new IQ1_S(),
        new TQ1_0(), new TQ2_0(), new Q1_0(), new Q2_0(),
        new MXFP4(), new NVFP4(),
        new Q8_1(), new Q8_K(),

        // Stored and copied, never computed with.
        F8E4M3,
        new PlainStorage("F8_E5M2", "float8_e5m2", 1, "F8_E5M2", null),
        I8,
        new PlainStorage("I16", "int16", 2, "I16", 25),
        new PlainStorage("I32", "int32", 4, "I32", 26),
        new PlainStorage("I64", "int64", 8, "I64", 27),
        U8,
        new PlainStorage("U16", "uint16", 2, "U16", null),
        new PlainStorage("U32", "uint32", 4, "U32", null),
        new PlainStorage("U64", "uint64", 8, "U64", null),
        new PlainStorage("BOOL", "bool", 1, "BOOL", null),
        new PlainStorage("F8_E4M3FNUZ", "float8_e4m3fnuz", 1, "F8_E4M3FNUZ", null),
        new PlainStorage("F8_E5M2FNUZ", "float8_e5m2fnuz", 1, "F8_E5M2FNUZ", null),
        new PlainStorage("F8_E8M0", "float8_e8m0fnu", 1, "F8_E8M0", null),

        // Two numbers to the byte; PyTorch's shapes count bytes, safetensors' F4 counts numbers, so that none can stand for the other.
        new PlainStorage("F4_X2", "float4_e2m1fn_x2", 1, null, null),
        new PlainStorage("C32", "complex32", 4, null, null),
        new PlainStorage("C64", "complex64", 8, "C64", null),
        new PlainStorage("C128", "complex128", 16, null, null),
    ];

    /// <summary>Every dtype.</summary>
    public static IReadOnlyList<DType> All => AllArray;
}

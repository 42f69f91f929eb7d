using System.Runtime.Intrinsics;

namespace CheckpointBuild.DTypes.Ggml;

/// <summary>Packing of small codes into bytes, as most of ggml's types do it: neighbouring bytes hold neighbouring codes, and the parts of a byte lie a run of codes apart.</summary>
internal static unsafe class Nibbles
{
    /// <summary>Packs 32 codes: byte j holds code j below and code j + 16 above.</summary>
    /// <param name="codes">[32] codes 0 to 15; higher bits are ignored.</param>
    /// <param name="target">[16] bytes.</param>
    public static void Pack16(byte* codes, byte* target)
    {
        Vector128<byte> low = Vector128.Load(codes) & Vector128.Create((byte)15), high = Vector128.Load(codes + 16) & Vector128.Create((byte)15);
        (low | (high.AsUInt16() << 4).AsByte()).Store(target);
    }

    /// <summary>Packs 64 codes: byte j holds code j below and code j + 32 above.</summary>
    /// <param name="codes">[64] codes 0 to 15; higher bits are ignored.</param>
    /// <param name="target">[32] bytes.</param>
    public static void Pack32(byte* codes, byte* target)
    {
        for (int i = 0; i < 32; i += 16)
        {
            Vector128<byte> low = Vector128.Load(codes + i) & Vector128.Create((byte)15), high = Vector128.Load(codes + 32 + i) & Vector128.Create((byte)15);
            (low | (high.AsUInt16() << 4).AsByte()).Store(target + i);
        }
    }

    /// <summary>Packs 128 codes of two bits: byte j holds codes j, j + 32, j + 64 and j + 96.</summary>
    /// <param name="codes">[128] codes; bits above the lower two are ignored.</param>
    /// <param name="target">[32] bytes.</param>
    public static void PackPairs(byte* codes, byte* target)
    {
        Vector128<byte> mask = Vector128.Create((byte)3);
        for (int i = 0; i < 32; i += 16)
        {
            Vector128<ushort> packed = (Vector128.Load(codes + i) & mask).AsUInt16();
            packed |= (Vector128.Load(codes + 32 + i) & mask).AsUInt16() << 2;
            packed |= (Vector128.Load(codes + 64 + i) & mask).AsUInt16() << 4;
            packed |= (Vector128.Load(codes + 96 + i) & mask).AsUInt16() << 6;
            packed.AsByte().Store(target + i);
        }
    }

    /// <summary>The bit above four of 32 codes: bit j is that of code j.</summary>
    /// <param name="codes">[32] codes 0 to 31.</param>
    /// <returns>The bits.</returns>
    public static uint FifthBits(byte* codes) =>
        Vector128.ExtractMostSignificantBits((Vector128.Load(codes).AsUInt16() << 3).AsByte()) | (Vector128.ExtractMostSignificantBits((Vector128.Load(codes + 16).AsUInt16() << 3).AsByte()) << 16);

    /// <summary>Unpacks what <see cref="Pack16"/> packed.</summary>
    /// <param name="source">[16] bytes.</param>
    /// <param name="codes">Receives [32] codes.</param>
    public static void Unpack16(byte* source, byte* codes)
    {
        Vector128<byte> packed = Vector128.Load(source);
        (packed & Vector128.Create((byte)15)).Store(codes);
        (packed.AsUInt16() >> 4 & Vector128.Create((ushort)0x0F0F)).AsByte().Store(codes + 16);
    }

    /// <summary>Unpacks what <see cref="Pack32"/> packed.</summary>
    /// <param name="source">[32] bytes.</param>
    /// <param name="codes">Receives [64] codes.</param>
    public static void Unpack32(byte* source, byte* codes)
    {
        for (int i = 0; i < 32; i += 16)
        {
            Vector128<byte> packed = Vector128.Load(source + i);
            (packed & Vector128.Create((byte)15)).Store(codes + i);
            (packed.AsUInt16() >> 4 & Vector128.Create((ushort)0x0F0F)).AsByte().Store(codes + 32 + i);
        }
    }

    /// <summary>Unpacks what <see cref="PackPairs"/> packed.</summary>
    /// <param name="source">[32] bytes.</param>
    /// <param name="codes">Receives [128] codes.</param>
    public static void UnpackPairs(byte* source, byte* codes)
    {
        for (int part = 0; part < 4; part++)
        {
            for (int i = 0; i < 32; i += 16)
            {
                ((Vector128.Load(source + i).AsUInt16() >> (2 * part)).AsByte() & Vector128.Create((byte)3)).Store(codes + (32 * part) + i);
            }
        }
    }
}

using System;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CheckpointBuild.Formats.Wire;

/// <content>Carry-less multiplication: four lanes of 16 bytes are folded 64 bytes ahead, then into one, and the rest is left to the tables (Gopal and others, "Fast CRC Computation for Generic Polynomials
/// Using PCLMULQDQ", Intel, 2009; its constants for the reflected polynomial).</content>
internal static partial class Crc32
{
    private const int FoldBytes = 64;

    // x^(4·128+32), x^(4·128-32): 64 bytes ahead. x^(128+32), x^(128-32): 16 bytes ahead. Reflected, modulo the polynomial.
    private static readonly Vector128<ulong> FoldBy4 = Vector128.Create(0x1_5444_2BD4UL, 0x1_C6E4_1596UL);
    private static readonly Vector128<ulong> FoldBy1 = Vector128.Create(0x1_7519_97D0UL, 0x0_CCAA_009EUL);

    // Sums whole lanes; the last lane, still 16 bytes, goes through the tables, so that the result equals the scalar's by construction of the remainder.
    private static int Fold(ReadOnlySpan<byte> bytes, ref uint crc)
    {
        if (!Pclmulqdq.IsSupported || !BitConverter.IsLittleEndian || bytes.Length < 2 * FoldBytes)
        {
            return 0;
        }

        ReadOnlySpan<Vector128<ulong>> lanes = MemoryMarshal.Cast<byte, Vector128<ulong>>(bytes);
        Vector128<ulong> a = lanes[0] ^ Vector128.Create(crc, 0U, 0U, 0U).AsUInt64();
        Vector128<ulong> b = lanes[1], c = lanes[2], d = lanes[3];
        int next = 4;
        for (; next + 4 <= lanes.Length; next += 4)
        {
            a = Ahead(a, FoldBy4) ^ lanes[next];
            b = Ahead(b, FoldBy4) ^ lanes[next + 1];
            c = Ahead(c, FoldBy4) ^ lanes[next + 2];
            d = Ahead(d, FoldBy4) ^ lanes[next + 3];
        }

        Vector128<ulong> sum = Ahead(a, FoldBy1) ^ b;
        sum = Ahead(sum, FoldBy1) ^ c;
        sum = Ahead(sum, FoldBy1) ^ d;
        crc = Scalar(MemoryMarshal.AsBytes(new ReadOnlySpan<Vector128<ulong>>(in sum)), 0);
        return next * 16;
    }

    private static Vector128<ulong> Ahead(Vector128<ulong> lane, Vector128<ulong> by) =>
        Pclmulqdq.CarrylessMultiply(lane, by, 0x00) ^ Pclmulqdq.CarrylessMultiply(lane, by, 0x11);
}

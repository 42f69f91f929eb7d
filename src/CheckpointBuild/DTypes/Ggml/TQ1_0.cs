using System.Linq;
using System.Runtime.Intrinsics;

namespace CheckpointBuild.DTypes.Ggml;

/// <summary>ggml's TQ1_0: 256 columns in 54 bytes, five trits in a byte. Value = d · (trit - 1).</summary>
/// <remarks>
/// <code>
/// byte  0 ... 31               | 32 ... 47                     | 48 ... 51                  | 52 53
///       columns j + 32n, n &lt; 5 | columns 160 + j + 16n, n &lt; 5  | columns 240 + j + 4n, n &lt; 4 | d f16
/// </code>
/// A byte is the five trits as a fraction of 3^5, in units of 1 / 256, rounded up: the first trit is what a multiplication by 3 carries out.
/// </remarks>
internal sealed unsafe class TQ1_0() : BlockDType("TQ1_0", 34, Length, 54)
{
    private const int Length = 256;
    private const int ScaleOffset = 52;
    private const int Trit5 = 243;

    // The byte of each number of five trits.
    private static readonly byte[] Fractions = [.. Enumerable.Range(0, Trit5).Select(number => (byte)(((number * 256) + Trit5 - 1) / Trit5))];

    /// <inheritdoc/>
    protected override System.ReadOnlySpan<byte> ScaleOffsets => [ScaleOffset];

    /// <inheritdoc/>
    internal override void Encode<T>(BlockRows rows)
    {
        byte* codes = stackalloc byte[Length];
        for (int i = 0; i < rows.Count; i++)
        {
            byte* block = rows.Block(i, BlockBytes);
            StoreScale(block + ScaleOffset, Trits.Code<T>(rows.Values(i, Length), Length, 1, codes));
            Pack16(codes, 32, block);
            Pack16(codes + 16, 32, block + 16);
            Pack16(codes + 160, 16, block + 32);
            for (int j = 0; j < 4; j++)
            {
                block[48 + j] = Fractions[(((((codes[240 + j] * 3) + codes[244 + j]) * 3) + codes[248 + j]) * 3 + codes[252 + j]) * 3];
            }
        }
    }

    /// <inheritdoc/>
    protected override void DecodeBlock(byte* block, float* values)
    {
        byte* codes = stackalloc byte[Length];
        for (int j = 0; j < 32; j++)
        {
            Unpack(block[j], codes + j, 32, 5);
        }

        for (int j = 0; j < 16; j++)
        {
            Unpack(block[32 + j], codes + 160 + j, 16, 5);
        }

        for (int j = 0; j < 4; j++)
        {
            Unpack(block[48 + j], codes + 240 + j, 4, 4);
        }

        SubBlockValues.WriteCentred(codes, Length, ReadScale(block + ScaleOffset), 1, values);
    }

    // Sixteen numbers of five trits are made side by side: they stay below 243.
    private static void Pack16(byte* codes, int stride, byte* block)
    {
        byte* numbers = stackalloc byte[16];
        Vector128<byte> number = Vector128.Load(codes);
        for (int n = 1; n < 5; n++)
        {
            number = number + number + number + Vector128.Load(codes + (n * stride));
        }

        number.Store(numbers);
        for (int j = 0; j < 16; j++)
        {
            block[j] = Fractions[numbers[j]];
        }
    }

    private static void Unpack(byte packed, byte* codes, int stride, int count)
    {
        for (int n = 0; n < count; n++)
        {
            codes[n * stride] = (byte)(packed * 3 >> 8);
            packed = unchecked((byte)(packed * 3));
        }
    }
}

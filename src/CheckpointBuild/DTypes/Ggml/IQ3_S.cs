using System;

namespace CheckpointBuild.DTypes.Ggml;

/// <summary>ggml's IQ3_S: 256 columns in 110 bytes.</summary>
/// <remarks>
/// <code>
/// byte  0  1 | 2 ... 65              | 66 ... 73       | 74 ... 105         | 106 ... 109
///       d f16| indices, lower 8 bits | indices, bit 8  | signs of 8 columns | scales of 32 columns, four bits each
/// </code>
/// The reference does not move on behind a sub-block of zeros: what it writes for later sub-blocks, but for bit 8 of the indices and the scales, lands that far too early, and its own decoder reads other numbers there.
/// Here every sub-block stands at its place; the displaced form is written only where the reference's bytes are asked for.
/// </remarks>
/// <param name="isDisplaced">Whether the reference's form is written.</param>
/// <param name="onZeros">Is told of a block that the two forms write differently; from any thread.</param>
internal sealed unsafe class IQ3_S(bool isDisplaced, Action? onZeros = null) : LatticeDType("IQ3_S", 21, 110, new LatticeRules("iq3_s", 32, 7, 9, 0.2f) { RefinesAll = true, Factor = 1.033f })
{
    private const int UpperOffset = 66;
    private const int SignsOffset = 74;
    private const int ScalesOffset = 106;

    /// <summary>The type with the reference's bytes where a sub-block holds nothing but zeros.</summary>
    internal static DType Displaced { get; } = new IQ3_S(isDisplaced: true);

    /// <inheritdoc/>
    protected override bool KeepsBitsOfZeroBlock => true;

    /// <inheritdoc/>
    protected override void Pack(LatticeBlock found, byte* block)
    {
        int place = 0;
        bool differs = false;
        for (int sub = 0; sub < 8; sub++)
        {
            bool isZero = found.IsZero(sub);
            differs |= !isZero && place < sub;
            for (int i = 0; i < 8; i++)
            {
                int index = found.Indices[(8 * sub) + i];
                block[UpperOffset + sub] |= (byte)(index >> 8 << i);
                if (!isDisplaced || !isZero)
                {
                    block[2 + (8 * (isDisplaced ? place : sub)) + i] = (byte)index;
                }
            }

            for (int i = 0; i < 4 && (!isDisplaced || !isZero); i++)
            {
                block[SignsOffset + (4 * (isDisplaced ? place : sub)) + i] = found.Signs[(4 * sub) + i];
            }

            place += isZero ? 0 : 1;
            block[ScalesOffset + (sub / 2)] |= (byte)(found.Codes[sub] << (sub % 2 * 4));
        }

        if (differs)
        {
            onZeros?.Invoke();
        }
    }

    /// <inheritdoc/>
    protected override void DecodeBlock(byte* block, float* values)
    {
        byte* magnitudes = stackalloc byte[8];
        float d = ReadScale(block);
        for (int i = 0; i < 32; i++)
        {
            for (int j = 0; j < 8; j++)
            {
                int group = (2 * i) + (j / 4);
                int index = block[2 + group] | ((block[UpperOffset + (group / 8)] >> (group % 8) & 1) << 8);
                magnitudes[j] = (byte)((2 * Book.LevelsOf(index)[j % 4]) + 1);
            }

            int code = block[ScalesOffset + (i / 8)] >> (i / 4 % 2 * 4) & 15;
            WriteEight(d * (1 + (2 * code)), magnitudes, block[SignsOffset + i], values + (8 * i));
        }
    }
}

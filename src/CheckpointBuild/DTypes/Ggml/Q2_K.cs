namespace CheckpointBuild.DTypes.Ggml;

/// <summary>ggml's Q2_K: 256 columns in 84 bytes, sub-blocks of 16.</summary>
/// <remarks>
/// <code>
/// byte  0 ............ 15            | 16 ... 47 | 48 ... 79 | 80 81| 82 83
///       scale below, minimum above   | columns 0 | 128 ...   | d f16| dmin f16
/// </code>
/// A byte of codes holds those of columns j, j + 32, j + 64 and j + 96 of its 128, two bits each.
/// </remarks>
internal sealed unsafe class Q2_K() : AsymmetricK("Q2_K", 10, 84, new AsymmetricTrials(SubLength, 3, -0.5f, 0.1f, 15) { IsAbsolute = true })
{
    private const int SubLength = 16;
    private const int Subs = Length / SubLength;
    private const int CodesOffset = 16;
    private const int ScaleOffset = 80;
    private const int LowOffset = 82;
    private const int TopScale = 15;

    /// <inheritdoc/>
    protected override System.ReadOnlySpan<byte> ScaleOffsets => [ScaleOffset, LowOffset];

    /// <inheritdoc/>
    protected override float VarianceFactor => 1;

    /// <inheritdoc/>
    protected override void WeighPlain<T>(BlockSearch search)
    {
        for (int i = 0; i < SubLength; i++)
        {
            T.Abs(T.Load(search.X + (i * T.Count))).Store(search.W + (i * T.Count));
        }
    }

    /// <inheritdoc/>
    protected override void Finish<T>(float* x, SubBlocks found, bool isWeighted, byte* block)
    {
        byte* scales = stackalloc byte[Subs];
        byte* lows = stackalloc byte[Subs];
        float step = isWeighted ? PositiveFit.Search(found.Scales, found.Weights, scales, Subs, TopScale) : Steps(found.Scales, scales, Subs, TopScale);
        float lowStep = isWeighted ? PositiveFit.Search(found.Lows, found.Weights, lows, Subs, TopScale) : Steps(found.Lows, lows, Subs, TopScale);
        step = WriteScale(block + ScaleOffset, step);
        lowStep = WriteScale(block + LowOffset, lowStep);
        for (int sub = 0; sub < Subs; sub++)
        {
            // A code beyond its four bits spills into the other, and what is stored counts.
            block[sub] = unchecked((byte)(scales[sub] | (lows[sub] << 4)));
            Recode<T>(x + (sub * SubLength), step * (block[sub] & 15), lowStep * (block[sub] >> 4), found.From(sub));
        }

        byte* codes = found.Codes(0, SubLength);
        Nibbles.PackPairs(codes, block + CodesOffset);
        Nibbles.PackPairs(codes + 128, block + CodesOffset + 32);
    }

    /// <inheritdoc/>
    protected override void DecodeBlock(byte* block, float* values)
    {
        byte* codes = stackalloc byte[Length];
        Nibbles.UnpackPairs(block + CodesOffset, codes);
        Nibbles.UnpackPairs(block + CodesOffset + 32, codes + 128);
        float d = ReadScale(block + ScaleOffset), dmin = ReadScale(block + LowOffset);
        for (int sub = 0; sub < Subs; sub++)
        {
            SubBlockValues.Write(codes + (sub * SubLength), SubLength, d * (block[sub] & 15), dmin * (block[sub] >> 4), values + (sub * SubLength));
        }
    }
}

using System.Collections.Generic;

namespace CheckpointBuild.Tokenizers.Normalizing;

/// <summary>Hangul syllables, which compose and decompose by arithmetic (Unicode standard, section 3.12).</summary>
internal static class Hangul
{
    private const int Syllables = 0xAC00;
    private const int Leads = 0x1100;
    private const int Vowels = 0x1161;
    private const int Trails = 0x11A7;
    private const int LeadCount = 19;
    private const int VowelCount = 21;
    private const int TrailCount = 28;

    /// <summary>Decomposes a syllable.</summary>
    /// <param name="codePoint">A code point.</param>
    /// <param name="output">Where its two or three parts are added.</param>
    /// <returns>Whether it is a syllable.</returns>
    internal static bool TryDecompose(int codePoint, List<int> output)
    {
        int index = codePoint - Syllables;
        if (index is < 0 or >= LeadCount * VowelCount * TrailCount)
        {
            return false;
        }

        output.Add(Leads + (index / (VowelCount * TrailCount)));
        output.Add(Vowels + (index / TrailCount % VowelCount));
        if (index % TrailCount != 0)
        {
            output.Add(Trails + (index % TrailCount));
        }

        return true;
    }

    /// <summary>Composes a lead and a vowel, or a syllable without trail and a trail.</summary>
    /// <param name="first">The first.</param>
    /// <param name="second">The second.</param>
    /// <returns>The syllable, or -1.</returns>
    internal static int Compose(int first, int second)
    {
        if (first is >= Leads and < Leads + LeadCount && second is >= Vowels and < Vowels + VowelCount)
        {
            return Syllables + ((((first - Leads) * VowelCount) + (second - Vowels)) * TrailCount);
        }

        int index = first - Syllables;
        return index is >= 0 and < LeadCount * VowelCount * TrailCount && index % TrailCount == 0 && second is > Trails and < Trails + TrailCount ? first + (second - Trails) : -1;
    }
}

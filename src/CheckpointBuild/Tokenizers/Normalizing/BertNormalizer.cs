using System.Globalization;
using System.Text;
using CheckpointBuild.Tokenizers.Patterns;

namespace CheckpointBuild.Tokenizers.Normalizing;

/// <summary>BERT's normalizer.</summary>
internal static class BertNormalizer
{
    private static readonly CharacterSet Chinese = CharacterSet.Range(0x4E00, 0x9FFF)
        .Union(CharacterSet.Range(0x3400, 0x4DBF)).Union(CharacterSet.Range(0x20000, 0x2A6DF)).Union(CharacterSet.Range(0x2A700, 0x2B73F)).Union(CharacterSet.Range(0x2B740, 0x2B81F))
        .Union(CharacterSet.Range(0x2B920, 0x2CEAF)).Union(CharacterSet.Range(0xF900, 0xFAFF)).Union(CharacterSet.Range(0x2F800, 0x2FA1F));

    /// <summary>Normalizes a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="step">What is done.</param>
    /// <returns>The normalized text.</returns>
    internal static string Apply(string text, NormalizerStep.Bert step)
    {
        text = Clean(text, step);
        if (step.StripsAccents ?? step.ToLower)
        {
            text = Normalizer.WithoutMarks(UnicodeNormalizer.Apply(text, UnicodeForm.Nfd));
        }

        return step.ToLower ? Normalizer.Lower(text) : text;
    }

    private static string Clean(string text, NormalizerStep.Bert step)
    {
        var output = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (step.CleanText && IsDropped(rune))
            {
                continue;
            }

            if (step.CleanText && Rune.IsWhiteSpace(rune))
            {
                output.Append(' ');
            }
            else if (step.HandleChineseChars && Chinese.Contains(rune.Value))
            {
                output.Append(' ').Append(rune.ToString()).Append(' ');
            }
            else
            {
                output.Append(rune.ToString());
            }
        }

        return output.ToString();
    }

    private static bool IsDropped(Rune rune) => rune.Value is 0 or 0xFFFD
        || (rune.Value is not ('\t' or '\n' or '\r') && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}

using System;
using System.Collections.Immutable;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tokenizers.Reading;

/// <summary>Reads the normalizer of a <c>tokenizer.json</c>.</summary>
internal static class NormalizerJson
{
    /// <summary>Reads the normalizer.</summary>
    /// <param name="part">A step, or null.</param>
    /// <returns>The steps, sequences laid out flat.</returns>
    internal static ImmutableArray<NormalizerStep> Read(JsonPart part)
    {
        var steps = ImmutableArray.CreateBuilder<NormalizerStep>();
        if (!part.IsNull)
        {
            Add(part, steps);
        }

        return steps.ToImmutable();
    }

    private static void Add(JsonPart part, ImmutableArray<NormalizerStep>.Builder steps)
    {
        string type = part["type"].Text();
        if (type != "Sequence")
        {
            steps.Add(ReadStep(part, type));
            return;
        }

        foreach (JsonPart inner in part["normalizers"].Items())
        {
            Add(inner, steps);
        }
    }

    private static NormalizerStep ReadStep(JsonPart part, string type) => type switch
    {
        "NFC" => new NormalizerStep.Unicode(UnicodeForm.Nfc),
        "NFD" => new NormalizerStep.Unicode(UnicodeForm.Nfd),
        "NFKC" => new NormalizerStep.Unicode(UnicodeForm.Nfkc),
        "NFKD" => new NormalizerStep.Unicode(UnicodeForm.Nfkd),
        "Lowercase" => new NormalizerStep.Lowercase(),
        "StripAccents" => new NormalizerStep.StripAccents(),
        "Strip" => new NormalizerStep.Strip(part["strip_left"].Flag(true), part["strip_right"].Flag(true)),
        "Replace" => new NormalizerStep.Replace(PatternJson.Read(part["pattern"]), part["content"].Text()),
        "Prepend" => new NormalizerStep.Prepend(part["prepend"].Text()),
        "Nmt" => new NormalizerStep.Nmt(),
        "Precompiled" => new NormalizerStep.Charsmap(ReadTable(part["precompiled_charsmap"])),
        "BertNormalizer" => new NormalizerStep.Bert(part["clean_text"].Flag(true), part["handle_chinese_chars"].Flag(true), part["strip_accents"].IsNull ? null : part["strip_accents"].Flag(true), part["lowercase"].Flag(true)),
        _ => throw Errors.TokenizerConstructUnknown(part.File, "normalizer", type),
    };

    private static ImmutableArray<byte> ReadTable(JsonPart part)
    {
        try
        {
            return ImmutableArray.Create(Convert.FromBase64String(part.TextOrNull() ?? ""));
        }
        catch (FormatException)
        {
            throw part.Wrong("base64");
        }
    }
}

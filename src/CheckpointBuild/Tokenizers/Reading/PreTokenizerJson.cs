using System.Collections.Immutable;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tokenizers.Reading;

/// <summary>Reads the pre-tokenizer of a <c>tokenizer.json</c>.</summary>
internal static class PreTokenizerJson
{
    /// <summary>Reads the pre-tokenizer.</summary>
    /// <param name="part">A step, or null.</param>
    /// <returns>The steps, sequences laid out flat.</returns>
    internal static ImmutableArray<PreTokenizerStep> Read(JsonPart part)
    {
        var steps = ImmutableArray.CreateBuilder<PreTokenizerStep>();
        if (!part.IsNull)
        {
            Add(part, steps);
        }

        return steps.ToImmutable();
    }

    private static void Add(JsonPart part, ImmutableArray<PreTokenizerStep>.Builder steps)
    {
        string type = part["type"].Text();
        if (type != "Sequence")
        {
            steps.Add(ReadStep(part, type));
            return;
        }

        foreach (JsonPart inner in part["pretokenizers"].Items())
        {
            Add(inner, steps);
        }
    }

    private static PreTokenizerStep ReadStep(JsonPart part, string type) => type switch
    {
        "Split" => new PreTokenizerStep.Split(PatternJson.Read(part["pattern"]), PatternJson.ReadBehavior(part["behavior"]), part["invert"].Flag(false)),
        "ByteLevel" => new PreTokenizerStep.ByteLevel(part["add_prefix_space"].Flag(true), part["use_regex"].Flag(true)),
        "Metaspace" => new PreTokenizerStep.Metaspace(part["replacement"].TextOrNull() ?? "\u2581", PatternJson.ReadScheme(part), part["split"].Flag(true)),
        "Digits" => new PreTokenizerStep.Digits(part["individual_digits"].Flag(false)),
        "Punctuation" => new PreTokenizerStep.Punctuation(part["behavior"].IsNull ? SplitBehavior.Isolated : PatternJson.ReadBehavior(part["behavior"])),
        "WhitespaceSplit" => new PreTokenizerStep.WhitespaceSplit(),
        "Whitespace" => new PreTokenizerStep.Whitespace(),
        "BertPreTokenizer" => new PreTokenizerStep.Bert(),
        "CharDelimiterSplit" => new PreTokenizerStep.Delimited(part["delimiter"].Text()),
        _ => throw Errors.TokenizerConstructUnknown(part.File, "pre-tokenizer", type),
    };
}

using System.Collections.Immutable;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tokenizers.Reading;

/// <summary>Reads the decoder of a <c>tokenizer.json</c>.</summary>
internal static class DecoderJson
{
    /// <summary>Reads the decoder.</summary>
    /// <param name="part">A step, or null.</param>
    /// <returns>The steps, sequences laid out flat.</returns>
    internal static ImmutableArray<DecoderStep> Read(JsonPart part)
    {
        var steps = ImmutableArray.CreateBuilder<DecoderStep>();
        if (!part.IsNull)
        {
            Add(part, steps);
        }

        return steps.ToImmutable();
    }

    private static void Add(JsonPart part, ImmutableArray<DecoderStep>.Builder steps)
    {
        string type = part["type"].Text();
        if (type != "Sequence")
        {
            steps.Add(ReadStep(part, type));
            return;
        }

        foreach (JsonPart inner in part["decoders"].Items())
        {
            Add(inner, steps);
        }
    }

    private static DecoderStep ReadStep(JsonPart part, string type) => type switch
    {
        "ByteLevel" => new DecoderStep.ByteLevel(),
        "ByteFallback" => new DecoderStep.ByteFallback(),
        "Fuse" => new DecoderStep.Fuse(),
        "Replace" => new DecoderStep.Replace(PatternJson.Read(part["pattern"]), part["content"].Text()),
        "Strip" => new DecoderStep.Strip(part["content"].Text(), Count(part["start"]), Count(part["stop"])),
        "Metaspace" => new DecoderStep.Metaspace(part["replacement"].TextOrNull() ?? "\u2581", PatternJson.ReadScheme(part)),
        "BPEDecoder" => new DecoderStep.WordSuffix(part["suffix"].TextOrNull() ?? "</w>"),
        "WordPiece" => new DecoderStep.WordPrefix(part["prefix"].TextOrNull() ?? "##", part["cleanup"].Flag(true)),
        _ => throw Errors.TokenizerConstructUnknown(part.File, "decoder", type),
    };

    private static int Count(JsonPart part) => part.IsNull ? 0 : part.Integer() is >= 0 and <= int.MaxValue and long count ? (int)count : throw part.Wrong("a count");
}

using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tokenizers.Reading;

/// <summary>Reads the post-processor of a <c>tokenizer.json</c>.</summary>
internal static class PostProcessorJson
{
    /// <summary>Reads the post-processor.</summary>
    /// <param name="part">A step, or null.</param>
    /// <returns>The steps, sequences laid out flat.</returns>
    internal static ImmutableArray<PostProcessorStep> Read(JsonPart part)
    {
        var steps = ImmutableArray.CreateBuilder<PostProcessorStep>();
        if (!part.IsNull)
        {
            Add(part, steps);
        }

        return steps.ToImmutable();
    }

    private static void Add(JsonPart part, ImmutableArray<PostProcessorStep>.Builder steps)
    {
        string type = part["type"].Text();
        if (type != "Sequence")
        {
            steps.Add(ReadStep(part, type));
            return;
        }

        foreach (JsonPart inner in part["processors"].Items())
        {
            Add(inner, steps);
        }
    }

    private static PostProcessorStep ReadStep(JsonPart part, string type) => type switch
    {
        "ByteLevel" => new PostProcessorStep.ByteLevel(part["add_prefix_space"].Flag(true), part["trim_offsets"].Flag(true)),
        "TemplateProcessing" => ReadTemplate(part),
        "BertProcessing" => ReadEnds(part, doublesBetween: false),
        "RobertaProcessing" => ReadEnds(part, doublesBetween: true),
        _ => throw Errors.TokenizerConstructUnknown(part.File, "post-processor", type),
    };

    private static PostProcessorStep.Template ReadTemplate(JsonPart part)
    {
        var ids = new Dictionary<string, ImmutableArray<int>>();
        foreach ((string name, JsonPart token) in part["special_tokens"].Fields())
        {
            ids[name] = [.. token["ids"].Items().Select(id => VocabularyBuilder.Checked(part.File, name, id.Integer()))];
        }

        return new(ReadPieces(part["single"], ids), ReadPieces(part["pair"], ids));
    }

    private static ImmutableArray<TemplatePiece> ReadPieces(JsonPart list, Dictionary<string, ImmutableArray<int>> ids)
    {
        var pieces = ImmutableArray.CreateBuilder<TemplatePiece>();
        foreach (JsonPart piece in list.Items())
        {
            JsonPart inner = piece["SpecialToken"].IsNull ? piece["Sequence"] : piece["SpecialToken"];
            string name = inner["id"].Text();
            ImmutableArray<int> own = [];
            if (!piece["SpecialToken"].IsNull && (!ids.TryGetValue(name, out own) || own.IsEmpty))
            {
                throw inner["id"].Wrong("one of the template's special tokens");
            }

            pieces.Add(new TemplatePiece(name, own, (int)(inner["type_id"].IsNull ? 0 : inner["type_id"].Integer())));
        }

        return pieces.ToImmutable();
    }

    private static PostProcessorStep.StartAndEnd ReadEnds(JsonPart part, bool doublesBetween)
    {
        (string end, int endId) = ReadEnd(part["sep"]);
        (string start, int startId) = ReadEnd(part["cls"]);
        return new(start, startId, end, endId, doublesBetween);
    }

    private static (string Text, int Id) ReadEnd(JsonPart pair)
    {
        JsonPart[] parts = [.. pair.Items()];
        return parts.Length == 2 ? (parts[0].Text(), VocabularyBuilder.Checked(pair.File, "", parts[1].Integer())) : throw pair.Wrong("a token and its id");
    }
}

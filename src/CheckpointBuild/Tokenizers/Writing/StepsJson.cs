using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace CheckpointBuild.Tokenizers.Writing;

/// <summary>Writes the steps of a <c>tokenizer.json</c>: none as null, one as it is, several as a sequence.</summary>
internal static class StepsJson
{
    /// <summary>Writes the normalizer.</summary>
    /// <param name="json">The writer.</param>
    /// <param name="steps">The steps.</param>
    /// <param name="form">How one step is written.</param>
    internal static void Write(PrettyJson json, ImmutableArray<NormalizerStep> steps, NormalizerForm form)
    {
        if (form == NormalizerForm.Sequence)
        {
            WriteSequence(json, "normalizer", "normalizers", steps, WriteStep);
        }
        else
        {
            Write(json, "normalizer", "normalizers", steps, WriteStep);
        }
    }

    /// <summary>Writes the pre-tokenizer.</summary>
    /// <param name="json">The writer.</param>
    /// <param name="steps">The steps.</param>
    internal static void Write(PrettyJson json, ImmutableArray<PreTokenizerStep> steps) => Write(json, "pre_tokenizer", "pretokenizers", steps, WriteStep);

    /// <summary>Writes the post-processor.</summary>
    /// <param name="json">The writer.</param>
    /// <param name="steps">The steps.</param>
    internal static void Write(PrettyJson json, ImmutableArray<PostProcessorStep> steps) => Write(json, "post_processor", "processors", steps, WriteStep);

    /// <summary>Writes the decoder.</summary>
    /// <param name="json">The writer.</param>
    /// <param name="steps">The steps.</param>
    internal static void Write(PrettyJson json, ImmutableArray<DecoderStep> steps) => Write(json, "decoder", "decoders", steps, WriteStep);

    private static void Write<T>(PrettyJson json, string name, string listName, ImmutableArray<T> steps, Action<PrettyJson, T> write)
    {
        switch (steps)
        {
            case []:
                json.Text(name, null);
                return;
            case [T only]:
                json.BeginObject(name);
                write(json, only);
                json.End();
                return;
        }

        WriteSequence(json, name, listName, steps, write);
    }

    private static void WriteSequence<T>(PrettyJson json, string name, string listName, ImmutableArray<T> steps, Action<PrettyJson, T> write)
    {
        json.BeginObject(name).Text("type", "Sequence").BeginArray(listName);
        foreach (T step in steps)
        {
            json.BeginObject();
            write(json, step);
            json.End();
        }

        json.End().End();
    }

    private static void WriteStep(PrettyJson json, NormalizerStep step)
    {
        switch (step)
        {
            case NormalizerStep.Unicode unicode:
                json.Text("type", unicode.Form.ToString().ToUpperInvariant());
                break;
            case NormalizerStep.Strip strip:
                json.Text("type", "Strip").Flag("strip_left", strip.Left).Flag("strip_right", strip.Right);
                break;
            case NormalizerStep.Replace replace:
                WritePattern(json.Text("type", "Replace"), replace.Pattern).Text("content", replace.Content);
                break;
            case NormalizerStep.Prepend prepend:
                json.Text("type", "Prepend").Text("prepend", prepend.Text);
                break;
            case NormalizerStep.Charsmap charsmap:
                json.Text("type", "Precompiled").Text("precompiled_charsmap", Convert.ToBase64String(charsmap.Table.AsSpan()));
                break;
            case NormalizerStep.Bert bert:
                json.Text("type", "BertNormalizer").Flag("clean_text", bert.CleanText).Flag("handle_chinese_chars", bert.HandleChineseChars);
                _ = bert.StripsAccents is { } strips ? json.Flag("strip_accents", strips) : json.Text("strip_accents", null);
                json.Flag("lowercase", bert.ToLower);
                break;
            default:
                json.Text("type", step.GetType().Name);
                break;
        }
    }

    private static void WriteStep(PrettyJson json, PreTokenizerStep step)
    {
        switch (step)
        {
            case PreTokenizerStep.Split split:
                WritePattern(json.Text("type", "Split"), split.Pattern).Text("behavior", split.Behavior.ToString()).Flag("invert", split.Invert);
                break;
            case PreTokenizerStep.ByteLevel bytes:
                json.Text("type", "ByteLevel").Flag("add_prefix_space", bytes.AddPrefixSpace).Flag("trim_offsets", true).Flag("use_regex", bytes.UseRegex);
                break;
            case PreTokenizerStep.Metaspace metaspace:
                json.Text("type", "Metaspace").Text("replacement", metaspace.Mark).Text("prepend_scheme", NameOf(metaspace.Prepend)).Flag("split", metaspace.Splits);
                break;
            case PreTokenizerStep.Digits digits:
                json.Text("type", "Digits").Flag("individual_digits", digits.Individually);
                break;
            case PreTokenizerStep.Punctuation punctuation:
                json.Text("type", "Punctuation").Text("behavior", punctuation.Behavior.ToString());
                break;
            case PreTokenizerStep.Bert:
                json.Text("type", "BertPreTokenizer");
                break;
            case PreTokenizerStep.Delimited delimited:
                json.Text("type", "CharDelimiterSplit").Text("delimiter", delimited.Delimiter);
                break;
            default:
                json.Text("type", step.GetType().Name);
                break;
        }
    }

    private static void WriteStep(PrettyJson json, PostProcessorStep step)
    {
        switch (step)
        {
            case PostProcessorStep.ByteLevel bytes:
                json.Text("type", "ByteLevel").Flag("add_prefix_space", bytes.AddPrefixSpace).Flag("trim_offsets", bytes.TrimOffsets).Flag("use_regex", true);
                break;
            case PostProcessorStep.StartAndEnd ends:
                json.Text("type", ends.DoublesBetween ? "RobertaProcessing" : "BertProcessing");
                json.BeginArray("sep").Text(null, ends.End).Integer(null, ends.EndId).End();
                json.BeginArray("cls").Text(null, ends.Start).Integer(null, ends.StartId).End();
                _ = ends.DoublesBetween ? json.Flag("trim_offsets", true).Flag("add_prefix_space", true) : json;
                break;
            case PostProcessorStep.Template template:
                WriteTemplate(json, template);
                break;
        }
    }

    private static void WriteTemplate(PrettyJson json, PostProcessorStep.Template template)
    {
        json.Text("type", "TemplateProcessing");
        WritePieces(json, "single", template.Single);
        WritePieces(json, "pair", template.Pair.IsEmpty ? [.. template.Single, .. template.Single.Select(p => p with { Name = p.IsText ? "B" : p.Name, TypeId = 1 })] : template.Pair);
        json.BeginObject("special_tokens");
        foreach (TemplatePiece piece in template.Single.Concat(template.Pair).Where(p => !p.IsText).DistinctBy(p => p.Name).OrderBy(p => p.Name, StringComparer.Ordinal))
        {
            json.BeginObject(piece.Name).Text("id", piece.Name).BeginArray("ids");
            foreach (int id in piece.Ids)
            {
                json.Integer(null, id);
            }

            json.End().BeginArray("tokens").Text(null, piece.Name).End().End();
        }

        json.End();
    }

    private static void WritePieces(PrettyJson json, string name, IEnumerable<TemplatePiece> pieces)
    {
        json.BeginArray(name);
        foreach (TemplatePiece piece in pieces)
        {
            json.BeginObject().BeginObject(piece.IsText ? "Sequence" : "SpecialToken").Text("id", piece.Name).Integer("type_id", piece.TypeId).End().End();
        }

        json.End();
    }

    private static void WriteStep(PrettyJson json, DecoderStep step)
    {
        switch (step)
        {
            case DecoderStep.ByteLevel:
                json.Text("type", "ByteLevel").Flag("add_prefix_space", true).Flag("trim_offsets", true).Flag("use_regex", true);
                break;
            case DecoderStep.Replace replace:
                WritePattern(json.Text("type", "Replace"), replace.Pattern).Text("content", replace.Content);
                break;
            case DecoderStep.Strip strip:
                json.Text("type", "Strip").Text("content", strip.Content).Integer("start", strip.Start).Integer("stop", strip.Stop);
                break;
            case DecoderStep.Metaspace metaspace:
                json.Text("type", "Metaspace").Text("replacement", metaspace.Mark).Text("prepend_scheme", NameOf(metaspace.Prepend)).Flag("split", true);
                break;
            case DecoderStep.WordSuffix suffix:
                json.Text("type", "BPEDecoder").Text("suffix", suffix.Suffix);
                break;
            case DecoderStep.WordPrefix prefix:
                json.Text("type", "WordPiece").Text("prefix", prefix.Prefix).Flag("cleanup", prefix.CleansUp);
                break;
            default:
                json.Text("type", step.GetType().Name);
                break;
        }
    }

    private static string NameOf(PrependScheme scheme) => scheme switch
    {
        PrependScheme.Always => "always",
        PrependScheme.First => "first",
        _ => "never",
    };

    private static PrettyJson WritePattern(PrettyJson json, TextPattern pattern) => json.BeginObject("pattern").Text(pattern.IsExpression ? "Regex" : "String", pattern.Text).End();
}

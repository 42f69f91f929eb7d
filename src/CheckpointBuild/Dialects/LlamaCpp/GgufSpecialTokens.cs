using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats;
using CheckpointBuild.Tokenizers;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <summary>The keys of special tokens: which ids they have, and which of them are added to every text.</summary>
internal sealed class GgufSpecialTokens
{
    private static readonly Dictionary<SpecialTokenKind, string> Names = new()
    {
        [SpecialTokenKind.Begin] = "bos",
        [SpecialTokenKind.End] = "eos",
        [SpecialTokenKind.Unknown] = "unknown",
        [SpecialTokenKind.Separator] = "seperator",
        [SpecialTokenKind.Padding] = "padding",
        [SpecialTokenKind.Class] = "cls",
        [SpecialTokenKind.Mask] = "mask",
        [SpecialTokenKind.EndOfTurn] = "eot",
        [SpecialTokenKind.EndOfMessage] = "eom",
    };

    private readonly List<(SpecialTokenKind Kind, int Id)> _ids = [];
    private readonly List<(SpecialTokenKind Kind, bool IsAdded)> _additions = [];

    private GgufSpecialTokens(TokenizerModel model, string? architecture)
    {
        // The converter knows a token's text from the tokenizer's configuration alone; ids of the model's configuration fill the gaps afterwards.
        int? begin = Stated(model, SpecialTokenKind.Begin) ?? Stated(model, SpecialTokenKind.Class);
        int? end = Stated(model, SpecialTokenKind.End) ?? Stated(model, SpecialTokenKind.Separator);
        int? endOfTurn = null;
        foreach (PostProcessorStep step in model.PostProcessor)
        {
            Read(step, model, ref begin, ref end, ref endOfTurn);
        }

        AddId(SpecialTokenKind.Begin, begin);
        AddId(SpecialTokenKind.End, end);
        foreach (SpecialToken token in model.SpecialTokens.Where(t => t.Source == SpecialTokenSource.Tokenizer))
        {
            AddId(token.Kind, token.Id);
        }

        AddId(SpecialTokenKind.EndOfTurn, endOfTurn);
        foreach (SpecialToken token in model.SpecialTokens.Where(t => t.Source == SpecialTokenSource.ModelConfig))
        {
            AddId(token.Kind, token.Id);
        }

        foreach ((SpecialTokenKind kind, int id) in GgufVendorTokens.IdsOf(model, architecture))
        {
            AddId(kind, id);
        }

        foreach (StatedAddition addition in model.StatedAdditions)
        {
            Set(addition.Kind, addition.IsAdded);
        }
    }

    /// <summary>The key of a special token's id.</summary>
    /// <param name="kind">What it is for.</param>
    /// <returns>The key, with llama.cpp's spelling of the separator.</returns>
    internal static string IdKey(SpecialTokenKind kind) => $"{GgufTokenizerTables.Prefix}{Names[kind]}_token_id";

    /// <summary>The key of whether a special token is added.</summary>
    /// <param name="kind">What it is for.</param>
    /// <returns>The key.</returns>
    internal static string AdditionKey(SpecialTokenKind kind) => $"{GgufTokenizerTables.Prefix}add_{(kind == SpecialTokenKind.Separator ? "sep" : Names[kind])}_token";

    /// <summary>Writes the keys.</summary>
    /// <param name="metadata">Receives them.</param>
    /// <param name="model">The tokenizer.</param>
    /// <param name="architecture">The model's architecture.</param>
    internal static void Write(Metadata metadata, TokenizerModel model, string? architecture)
    {
        var tokens = new GgufSpecialTokens(model, architecture);
        foreach ((SpecialTokenKind kind, int id) in tokens._ids)
        {
            metadata.Set(IdKey(kind), (uint)id);
        }

        // llama.cpp has no key for the others.
        foreach ((SpecialTokenKind kind, bool isAdded) in tokens._additions.Where(a => a.Kind is SpecialTokenKind.Begin or SpecialTokenKind.End or SpecialTokenKind.Separator))
        {
            metadata.Set(AdditionKey(kind), isAdded);
        }
    }

    /// <summary>Special tokens whose ids are no token's.</summary>
    /// <param name="metadata">The file's keys.</param>
    /// <param name="file">The file, for messages.</param>
    /// <returns>A warning each.</returns>
    internal static IEnumerable<Diagnostic> Outside(Metadata metadata, string file) =>
        from key in Names.Keys.Select(IdKey)
        let tokens = metadata.Get<string[]>(GgufTokenizerTables.Prefix + "tokens")
        let id = metadata.Get<uint?>(key)
        where tokens is not null && id is not (null or uint.MaxValue) && id >= tokens.Length
        select Errors.SpecialTokenOutside(file, key, id.Value, tokens.Length);

    private void Read(PostProcessorStep step, TokenizerModel model, ref int? begin, ref int? end, ref int? endOfTurn)
    {
        switch (step)
        {
            case PostProcessorStep.ByteLevel:
                Set(SpecialTokenKind.Begin, isAdded: false);
                Set(SpecialTokenKind.End, isAdded: false);
                break;
            case PostProcessorStep.StartAndEnd { DoublesBetween: true }:
                Set(SpecialTokenKind.Begin, isAdded: true);
                Set(SpecialTokenKind.End, isAdded: true);
                Set(SpecialTokenKind.Separator, isAdded: true);
                break;
            case PostProcessorStep.Template template:
                Read(template, model, ref begin, ref end, ref endOfTurn);
                break;
        }
    }

    private void Read(PostProcessorStep.Template template, TokenizerModel model, ref int? begin, ref int? end, ref int? endOfTurn)
    {
        int? first = null;
        int? last = null;
        if (template.Single.Length > 1)
        {
            first = IdOf(template.Single[0]);
            last = IdOf(template.Single[^1]);
            begin ??= first;
            if (first is not null)
            {
                Set(SpecialTokenKind.Begin, first == begin || first == Stated(model, SpecialTokenKind.Class));
            }

            if (last is not null)
            {
                // A template that ends a text with another token than the configuration names: that one ends turns.
                endOfTurn = end is not null && end != last ? end : endOfTurn;
                end = last;
                Set(SpecialTokenKind.End, isAdded: true);
            }
        }

        if (SeparatorBetween(template, first, last, end, Stated(model, SpecialTokenKind.Separator)) is { } separates)
        {
            Set(SpecialTokenKind.Separator, separates);
        }
    }

    /// <summary>Whether a pair's texts stand apart by a separator or end token of their own; null where nothing stands between them.</summary>
    private static bool? SeparatorBetween(PostProcessorStep.Template template, int? first, int? last, int? end, int? separator)
    {
        TemplatePiece[] pair = [.. template.Pair];
        pair = pair.Length > 0 && first is not null && IdOf(pair[0]) == first ? pair[1..] : pair;
        pair = pair.Length > 0 && last is not null && IdOf(pair[^1]) == last ? pair[..^1] : pair;
        if (pair.Length < 3 || pair[0] is not { IsText: true, Name: "A" } || pair[^1] is not { IsText: true, Name: "B" })
        {
            return null;
        }

        bool Separates(TemplatePiece piece) => IdOf(piece) is { } id && (id == separator || id == end);
        return (Separates(pair[1]) && last is null) || (pair.Length == 4 && Separates(pair[2]));
    }

    private static int? IdOf(TemplatePiece piece) => piece.IsText ? null : piece.Ids[0];

    private static int? Stated(TokenizerModel model, SpecialTokenKind kind) =>
        model.SpecialTokens.Where(t => t.Kind == kind && t.Source != SpecialTokenSource.ModelConfig).Select(t => (int?)t.Id).FirstOrDefault();

    private void AddId(SpecialTokenKind kind, int? id)
    {
        if (id is { } number && !_ids.Exists(t => t.Kind == kind))
        {
            _ids.Add((kind, number));
        }
    }

    private void Set(SpecialTokenKind kind, bool isAdded)
    {
        int index = _additions.FindIndex(a => a.Kind == kind);
        if (index < 0)
        {
            _additions.Add((kind, isAdded));
        }
        else
        {
            _additions[index] = (kind, isAdded);
        }
    }
}

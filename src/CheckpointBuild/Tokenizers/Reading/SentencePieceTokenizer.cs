using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tokenizers.Reading;

/// <summary>Makes a tokenizer of a SentencePiece model where no <c>tokenizer.json</c> says more.</summary>
internal static class SentencePieceTokenizer
{
    // Classes whose ids are not the pieces' own.
    private static readonly string[] RenumberingClasses = ["XLMRobertaTokenizer", "CamembertTokenizer", "MBartTokenizer", "MBart50Tokenizer", "NllbTokenizer", "BarthezTokenizer", "M2M100Tokenizer"];

    /// <summary>Makes the tokenizer.</summary>
    /// <param name="model">The SentencePiece model.</param>
    /// <param name="configuration">The root of <c>tokenizer_config.json</c>; it may be missing.</param>
    /// <returns>The tokenizer, with control pieces as special added tokens.</returns>
    /// <exception cref="CheckpointException">CKPT2102 where the configuration names a class that gives the pieces other ids.</exception>
    internal static TokenizerModel Create(SentencePieceModel model, JsonPart configuration)
    {
        string? className = configuration["tokenizer_class"].IsText ? configuration["tokenizer_class"].Text() : null;
        if (className is not null && RenumberingClasses.Any(c => className.StartsWith(c, StringComparison.Ordinal)))
        {
            throw Errors.TokenizerConstructUnknown(configuration.File, "tokenizer class without a tokenizer.json", className);
        }

        return new TokenizerModel
        {
            Algorithm = model.IsUnigram ? new TokenizerAlgorithm.Unigram(model.UnknownId, model.FallsBackToBytes) : new TokenizerAlgorithm.ScoredPairs(model.UnknownId, model.FallsBackToBytes),
            Tokens = [.. model.Pieces.Select(p => p.Text)],
            Scores = [.. model.Pieces.Select(p => (double)p.Score)],
            Types = [.. model.Pieces.Select(p => p.Type)],
            AddedTokens = [.. model.Pieces.Select((p, id) => (p, id)).Where(t => t.p.Type is TokenType.Control or TokenType.Unknown).Select(t => new AddedToken(t.id, t.p.Text, AddedTokenRules.Special | AddedTokenRules.Implied))],
            Normalizer = [model.Normalizer],
            PostProcessor = PostProcessor(model, configuration, className),
            Decoder = Decoder(model),
            SentencePiece = model,
        };
    }

    private static ImmutableArray<PostProcessorStep> PostProcessor(SentencePieceModel model, JsonPart configuration, string? className)
    {
        // What the libraries' classes do where the configuration is silent: T5 and bare unigram models end a text, all others begin it.
        bool ends = className is null ? model.IsUnigram : className.StartsWith("T5", StringComparison.Ordinal);
        var pieces = new List<TemplatePiece>();
        Add(model.BeginId, configuration["add_bos_token"].Flag(!ends));
        pieces.Add(new TemplatePiece("A", [], 0));
        Add(model.EndId, configuration["add_eos_token"].Flag(ends));
        return pieces.Count == 1 ? [] : [new PostProcessorStep.Template([.. pieces], [])];

        void Add(int id, bool isAdded)
        {
            if (isAdded && id >= 0 && id < model.Pieces.Length)
            {
                pieces.Add(new TemplatePiece(model.Pieces[id].Text, [id], 0));
            }
        }
    }

    private static ImmutableArray<DecoderStep> Decoder(SentencePieceModel model)
    {
        ImmutableArray<DecoderStep> steps = [new DecoderStep.Replace(new TextPattern("\u2581", IsExpression: false), " "), new DecoderStep.ByteFallback(), new DecoderStep.Fuse()];
        return model.Normalizer.AddDummyPrefix ? steps.Add(new DecoderStep.Strip(" ", 1, 0)) : steps;
    }
}

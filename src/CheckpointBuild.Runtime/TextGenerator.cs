using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Threading;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Models;
using CheckpointBuild.Runtime.Sampling;
using CheckpointBuild.Tokenizers;

namespace CheckpointBuild.Runtime;

/// <summary>Writes text with a model: opens any checkpoint or engine, takes a prompt, gives the text as it comes.</summary>
/// <example><code>
/// using TextGenerator generator = TextGenerator.Open("models/doc-llama");
/// foreach (string piece in generator.Generate("class StringBuilder\n", new GenerationOptions()))
///     Console.Write(piece);
/// </code></example>
/// <remarks>One text is generated at a time; a call that begins another ends the one before. A prompt that begins like the text before is not read again from its start.</remarks>
public sealed class TextGenerator : IDisposable
{
    private readonly Decoder _decoder;
    private readonly ImmutableArray<int> _endTokens;
    private readonly List<int> _seen = [];
    private int _run;

    private TextGenerator(Checkpoint checkpoint, DecoderOptions options)
    {
        Tokenizer = Tokenizer.Create(checkpoint.TokenizerOrThrow());
        _endTokens = checkpoint.Config.EndTokens;
        _decoder = Decoder.Load(checkpoint, options);
    }

    /// <summary>Turns text into ids and back.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>Opens a checkpoint or engine and reads its weights; the files are closed again.</summary>
    /// <param name="path">A Hugging Face folder, a GGUF file, or the folder of an engine.</param>
    /// <returns>The generator.</returns>
    /// <exception cref="CheckpointException">1xxx, 2xxx, 5xxx when it cannot be read or run.</exception>
    public static TextGenerator Open(string path) => Open(path, DecoderOptions.Default);

    /// <summary>Opens a checkpoint or engine and reads its weights; the files are closed again.</summary>
    /// <param name="path">A Hugging Face folder, a GGUF file, or the folder of an engine.</param>
    /// <param name="options">Threads and context.</param>
    /// <returns>The generator.</returns>
    /// <exception cref="CheckpointException">1xxx, 2xxx, 5xxx when it cannot be read or run.</exception>
    public static TextGenerator Open(string path, DecoderOptions options)
    {
        using CheckpointDirectory directory = CheckpointDirectory.Open(path);
        return new TextGenerator(Dialect.Detect(directory).Read(directory), options);
    }

    /// <summary>Continues a prompt.</summary>
    /// <param name="prompt">The text before; special tokens spelled in it are those tokens, and the start token is added where the model wants one.</param>
    /// <param name="options">How long, and how tokens are chosen.</param>
    /// <param name="cancellation">Looked at between tokens.</param>
    /// <returns>The text piece by piece; no piece ends within a character.</returns>
    public IEnumerable<string> Generate(string prompt, GenerationOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return Pieces(Encode(prompt), options, cancellation);
    }

    /// <summary>Continues a prompt of ids.</summary>
    /// <param name="prompt">Ids, the start token included.</param>
    /// <param name="options">How long, and how tokens are chosen.</param>
    /// <param name="cancellation">Looked at between tokens.</param>
    /// <returns>The ids that follow, without the end token.</returns>
    /// <exception cref="CheckpointException">CKPT5001 for an id that is none of the model's, CKPT5002 when the prompt is longer than the context, CKPT5010 when it is empty.</exception>
    public IEnumerable<int> GenerateIds(int[] prompt, GenerationOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(options);
        return prompt.Length > 0 ? Ids(prompt, options, cancellation) : throw Errors.PromptEmpty();
    }

    /// <summary>The ids of a prompt; a start token that the prompt spells itself is not doubled.</summary>
    /// <param name="prompt">The text.</param>
    /// <returns>Its ids, at least one.</returns>
    /// <exception cref="CheckpointException">CKPT5010 when the prompt is empty and the model has no start token.</exception>
    public int[] Encode(string prompt)
    {
        int[] ids = Tokenizer.Encode(prompt);
        return ids switch
        {
            [] => [_decoder.Config.BeginToken ?? throw Errors.PromptEmpty()],
            [var first, var second, ..] when first == second && first == Tokenizer.Model.IdOf(SpecialTokenKind.Begin) => ids[1..],
            _ => ids,
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _decoder.Dispose();

    private IEnumerable<string> Pieces(int[] prompt, GenerationOptions options, CancellationToken cancellation)
    {
        TokenStream stream = Tokenizer.DecodeStream(DecodeOptions.SkipSpecialTokens);
        foreach (int id in Ids(prompt, options, cancellation))
        {
            string piece = stream.Append(id);
            if (piece.Length > 0)
            {
                yield return piece;
            }
        }

        string rest = stream.Flush();
        if (rest.Length > 0)
        {
            yield return rest;
        }
    }

    private IEnumerable<int> Ids(int[] prompt, GenerationOptions options, CancellationToken cancellation)
    {
        if (options.MaxTokens < 0)
        {
            throw Errors.SamplingOptionWrong("max-tokens", options.MaxTokens, "a whole number from 0");
        }

        int run = ++_run;
        var sampler = new Sampler(options, _decoder.Config.VocabularySize);
        int next = Begin(prompt, sampler, cancellation);
        for (int made = 0; made < options.MaxTokens && !_endTokens.Contains(next); made++)
        {
            yield return next;
            cancellation.ThrowIfCancellationRequested();
            if (run != _run || made + 1 == options.MaxTokens || _decoder.Position == _decoder.ContextLength)
            {
                yield break;
            }

            sampler.Observe(next);
            _seen.Add(next);
            next = sampler.Sample(_decoder.Forward([next]));
        }
    }

    // What the prompt has in common with the sequence before is in the cache already: a conversation that goes on is not read again.
    private int Begin(int[] prompt, Sampler sampler, CancellationToken cancellation)
    {
        if (prompt.Length > _decoder.ContextLength)
        {
            throw Errors.ContextFull(0, prompt.Length, _decoder.ContextLength);
        }

        int kept = _decoder.KeysDependOnLength ? 0 : Math.Min(prompt.Length - 1, prompt.AsSpan().CommonPrefixLength(CollectionsMarshal.AsSpan(_seen)));
        _decoder.Truncate(kept);
        _seen.RemoveRange(kept, _seen.Count - kept);
        ReadOnlySpan<float> logits = [];
        for (int at = kept; at < prompt.Length; at += Decoder.PassTokens)
        {
            cancellation.ThrowIfCancellationRequested();
            ReadOnlySpan<int> pass = prompt.AsSpan(at, Math.Min(Decoder.PassTokens, prompt.Length - at));
            logits = _decoder.Forward(pass);
            _seen.AddRange(pass);
        }

        // Only now are the ids known to be the model's own.
        sampler.Observe(prompt);
        return sampler.Sample(logits);
    }
}

using System.Collections.Immutable;
using CheckpointBuild.Dialects.HuggingFace;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Models;
using CheckpointBuild.Tokenizers;

namespace CheckpointBuild.Dialects;

/// <summary>The part of a dialect that says what model lies in a folder: family, numbers, tokenizer, sidecars. One of three that a <see cref="ComposedDialect"/> is put together from.</summary>
public abstract class ConfigSource
{
    /// <summary>Hugging Face's: <c>config.json</c>, <c>generation_config.json</c>, the tokenizer's files and whatever else lies beside them.</summary>
    public static ConfigSource HuggingFace { get; } = new HuggingFaceConfig();

    /// <summary>Whether a folder holds such a configuration, by the names of its files.</summary>
    /// <param name="directory">Where to look; the folder counts, also where one file of it was opened.</param>
    /// <returns>True when it does.</returns>
    public abstract bool Recognizes(CheckpointDirectory directory);

    /// <summary>Reads the configuration. Open every file through the directory: what it opened is what the content key depends on.</summary>
    /// <param name="directory">Where it lies.</param>
    /// <param name="format">The dialect that asks: mappings of renamed architectures are registered under its name.</param>
    /// <returns>What the model is.</returns>
    /// <exception cref="CheckpointException">2xxx naming file, field, found and needed.</exception>
    public abstract ModelDescription Read(CheckpointDirectory directory, string format);

    /// <summary>Reads the tokenizer from the files that Hugging Face, SentencePiece, Meta or tiktoken would lay beside the weights.</summary>
    /// <param name="directory">The folder.</param>
    /// <returns>The tokenizer, or why it is not understood; neither where there is none.</returns>
    protected static (TokenizerModel? Model, Diagnostic? Fault) TokenizerIn(CheckpointDirectory directory) => TokenizerSidecars.Read(directory);

    /// <summary>The files of a folder that go along with the weights; those that the tensors come from are taken out later.</summary>
    /// <param name="directory">The folder.</param>
    /// <returns>In ordinal order of names.</returns>
    protected static ImmutableArray<Sidecar> SidecarsIn(CheckpointDirectory directory) => SidecarFiles.Of(directory);
}

using CheckpointBuild.Diagnostics;
using CheckpointBuild.Models;
using CheckpointBuild.Tokenizers;

namespace CheckpointBuild.Dialects.HuggingFace;

/// <summary><c>config.json</c> and what lies beside it.</summary>
internal sealed class HuggingFaceConfig : ConfigSource
{
    /// <inheritdoc/>
    public override bool Recognizes(CheckpointDirectory directory) => System.IO.File.Exists(directory.PathOf(ConfigFile.Name));

    /// <inheritdoc/>
    public override ModelDescription Read(CheckpointDirectory directory, string format)
    {
        ConfigFile file = ConfigFile.Read(directory, format);
        ModelConfig config = GenerationSettings.AddEndTokens(file.Family.ReadConfig(file.Reader), directory);
        (TokenizerModel? tokenizer, Diagnostic? fault) = TokenizerIn(directory);
        return new ModelDescription
        {
            Family = file.Family,
            Config = config,
            Architecture = file.Architecture,
            Tokenizer = tokenizer,
            TokenizerFault = fault,
            Sidecars = SidecarsIn(directory),
            SourceConfig = file.Json,
        };
    }
}

using System.Linq;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.HuggingFace;

/// <summary><c>generation_config.json</c>: further tokens that end a text.</summary>
internal static class GenerationSettings
{
    private const string Name = "generation_config.json";

    /// <summary>Adds the end tokens that the generation settings name to those of the configuration.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="directory">Where the file would lie.</param>
    /// <returns>The configuration with every end token once: its own first.</returns>
    public static ModelConfig AddEndTokens(ModelConfig config, CheckpointDirectory directory)
    {
        if (!System.IO.File.Exists(directory.PathOf(Name)))
        {
            return config;
        }

        var settings = new ConfigReader(directory.PathOf(Name), JsonFile.Parse(directory.PathOf(Name), directory.ReadAll(Name)));
        return config with { EndTokens = [.. config.EndTokens.Concat(settings.Tokens("eos_token_id")).Distinct()] };
    }
}

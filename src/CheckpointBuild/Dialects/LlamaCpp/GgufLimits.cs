using CheckpointBuild.Diagnostics;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <summary>What llama.cpp would compute differently from the checkpoint without a word is refused before anything is written.</summary>
internal static class GgufLimits
{
    private const string Instead = "llama.cpp would compute something else; keep the Hugging Face form, or change the model.";

    /// <summary>Checks a model that is to be written.</summary>
    /// <param name="family">The architecture.</param>
    /// <param name="config">The model.</param>
    /// <exception cref="CheckpointException">CKPT2012 naming what the format cannot say.</exception>
    public static void Check(ModelFamily family, ModelConfig config)
    {
        if (config.Rope.Scaling == RopeScalingKind.Dynamic)
        {
            throw Errors.CannotRun("dynamic rope scaling", "GGUF", Instead);
        }

        if (family.ModelType == "llama" && config.Activation != Activation.Silu)
        {
            throw Errors.CannotRun($"a llama with {config.Activation} in place of SiLU", "GGUF", Instead);
        }

        if (config.Rope is { Scaling: RopeScalingKind.Yarn, AttentionFactor: not null })
        {
            throw Errors.CannotRun("a stated attention factor of YaRN", "GGUF", Instead);
        }
    }
}

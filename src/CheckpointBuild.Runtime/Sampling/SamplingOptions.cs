using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Runtime.Sampling;

/// <summary>How the next token is chosen from logits.</summary>
/// <remarks>In the order in which they apply, which is that of the Hugging Face library: repetition penalty, temperature, top-k, top-p, min-p.</remarks>
public record SamplingOptions
{
    /// <summary>Always the largest logit.</summary>
    public static SamplingOptions Greedy { get; } = new();

    /// <summary>What logits are divided by; 0 = always the largest, and nothing below counts but the repetition penalty.</summary>
    public double Temperature { get; init; }

    /// <summary>Only so many of the largest; 0 = all.</summary>
    public int TopK { get; init; }

    /// <summary>Only the largest whose probabilities together reach this; 1 = all.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Only those with at least this part of the largest probability; 0 = all.</summary>
    public double MinP { get; init; }

    /// <summary>What positive logits of tokens that already stand in the sequence are divided by, and negative ones multiplied (arXiv:1909.05858); 1 = none.</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Where the random numbers begin. The same logits and the same seed give the same tokens on every machine.</summary>
    public ulong Seed { get; init; }

    /// <summary>Checks the ranges.</summary>
    /// <returns>The same options.</returns>
    /// <exception cref="CheckpointException">CKPT5013 naming the option, found and needed.</exception>
    internal SamplingOptions Validated()
    {
        Require("temperature", Temperature, Temperature >= 0 && double.IsFinite(Temperature), "a number from 0");
        Require("top-k", TopK, TopK >= 0, "a whole number from 0");
        Require("top-p", TopP, TopP is > 0 and <= 1, "a number above 0, at most 1");
        Require("min-p", MinP, MinP is >= 0 and <= 1, "a number from 0 to 1");
        Require("repetition-penalty", RepetitionPenalty, RepetitionPenalty > 0 && double.IsFinite(RepetitionPenalty), "a number above 0");
        return this;
    }

    private static void Require(string option, double value, bool holds, string needed)
    {
        if (!holds)
        {
            throw Errors.SamplingOptionWrong(option, value, needed);
        }
    }
}

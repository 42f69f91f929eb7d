using System;
using System.Collections.Immutable;

namespace CheckpointBuild.Models;

/// <summary>The rotary position embedding of a model (arXiv:2104.09864).</summary>
public sealed record RopeConfig
{
    /// <summary>The base of the frequencies: pair i turns by position · base^(-2i/dimensions).</summary>
    public required double Theta { get; init; }

    /// <summary>How many of a head's dimensions turn.</summary>
    public required int Dimensions { get; init; }

    /// <summary>The first of them.</summary>
    public int Start { get; init; }

    /// <summary>Which dimensions turn together.</summary>
    public RopeStyle Style { get; init; }

    /// <summary>How frequencies are changed for longer contexts.</summary>
    public RopeScalingKind Scaling { get; init; }

    /// <summary>By how much, where <see cref="Scaling"/> is not <see cref="RopeScalingKind.None"/>; of <see cref="RopeScalingKind.LongRope"/> the longest context over the original one.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>The context that the model was first trained on, in tokens; 0 where the scaling needs none.</summary>
    public int OriginalContextLength { get; init; }

    /// <summary>Llama3: wavelengths longer than the original context over this are divided by the whole factor.</summary>
    public double LowFrequencyFactor { get; init; } = 1;

    /// <summary>Llama3: wavelengths shorter than the original context over this are kept.</summary>
    public double HighFrequencyFactor { get; init; } = 4;

    /// <summary>YaRN: rotations beyond which a frequency is kept; null = 32.</summary>
    public double? BetaFast { get; init; }

    /// <summary>YaRN: rotations below which a frequency is divided by the whole factor; null = 1.</summary>
    public double? BetaSlow { get; init; }

    /// <summary>YaRN: whether the ends of the ramp are fractions of a pair; otherwise they are rounded to whole pairs.</summary>
    public bool RampIsFractional { get; init; }

    /// <summary>YaRN: how strongly sines and cosines grow with the factor, against <see cref="MagnitudeDivisor"/>; null = as the paper has it.</summary>
    public double? MagnitudeMultiplier { get; init; }

    /// <summary>YaRN: how strongly scores grow with the factor, which DeepSeek's models put into the scale of their scores.</summary>
    public double? MagnitudeDivisor { get; init; }

    /// <summary>What sines and cosines are multiplied by; null = as the scaling defines it.</summary>
    public double? AttentionFactor { get; init; }

    /// <summary>LongRope: what each pair's frequency is divided by in sequences within the original context, [dimensions / 2].</summary>
    public ImmutableArray<float> ShortFactors { get; init; } = [];

    /// <summary>LongRope: what each pair's frequency is divided by in longer sequences, [dimensions / 2].</summary>
    public ImmutableArray<float> LongFactors { get; init; } = [];

    /// <summary>What each pair's frequency is divided by, [dimensions / 2], where a file states them outright; else empty.</summary>
    public ImmutableArray<float> StatedFactors { get; init; } = [];

    /// <summary>The base frequency of a pair, computed in float32 as the reference libraries do.</summary>
    /// <param name="pair">From 0 to dimensions / 2 - 1.</param>
    /// <returns>Radians per position.</returns>
    public float Frequency(int pair) => 1f / (float)Math.Pow((float)Theta, 2f * pair / Dimensions);

    /// <summary>What sines and cosines are multiplied by under the scaling, unless the model states it.</summary>
    /// <returns>1 where the scaling defines nothing.</returns>
    public double Magnitude() => AttentionFactor ?? Scaling switch
    {
        RopeScalingKind.Yarn when MagnitudeMultiplier is { } multiplier && MagnitudeDivisor is { } divisor => YarnMagnitude(multiplier) / YarnMagnitude(divisor),
        RopeScalingKind.Yarn => YarnMagnitude(1),
        RopeScalingKind.LongRope when Factor > 1 => Math.Sqrt(1 + (Math.Log(Factor) / Math.Log(OriginalContextLength))),
        _ => 1,
    };

    /// <summary>The same with sines and cosines multiplied by a factor beside the scaling's own.</summary>
    /// <param name="factor">The factor.</param>
    /// <returns>The configuration; itself for 1.</returns>
    internal RopeConfig Times(double factor) => factor == 1 ? this : this with { AttentionFactor = factor * Magnitude() };

    /// <summary>YaRN's growth of numbers with the factor.</summary>
    /// <param name="strength">How strong; 1 as in the paper.</param>
    /// <returns><c>0.1 · strength · ln(factor) + 1</c>, 1 for a factor up to 1.</returns>
    public double YarnMagnitude(double strength) => Factor > 1 ? (0.1 * strength * Math.Log(Factor)) + 1 : 1;

    /// <summary>What each pair's frequency is divided by under Llama 3.1's rule, or as stated by the file.</summary>
    /// <remarks>The arithmetic is float32 step by step, because these numbers are written into files (llama.cpp's <c>rope_freqs</c>).</remarks>
    /// <returns>[dimensions / 2] factors, or empty where frequencies are not divided pair by pair.</returns>
    public ImmutableArray<float> FrequencyFactors()
    {
        if (!StatedFactors.IsEmpty || Scaling != RopeScalingKind.Llama3)
        {
            return StatedFactors;
        }

        float original = OriginalContextLength;
        float low = (float)LowFrequencyFactor, high = (float)HighFrequencyFactor, factor = (float)Factor;
        float lowWavelength = (float)(OriginalContextLength / LowFrequencyFactor);
        float highWavelength = (float)(OriginalContextLength / HighFrequencyFactor);

        ImmutableArray<float>.Builder factors = ImmutableArray.CreateBuilder<float>(Dimensions / 2);
        for (int pair = 0; pair < Dimensions / 2; pair++)
        {
            float wavelength = (float)(2 * Math.PI) / Frequency(pair);
            if (wavelength < highWavelength)
            {
                factors.Add(1);
            }
            else if (wavelength > lowWavelength)
            {
                factors.Add(factor);
            }
            else
            {
                float smooth = ((original / wavelength) - low) / (high - low);
                factors.Add(1 / (((1 - smooth) / factor) + smooth));
            }
        }

        return factors.MoveToImmutable();
    }
}

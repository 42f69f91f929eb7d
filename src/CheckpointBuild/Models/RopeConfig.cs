using System;
using System.Collections.Immutable;

namespace CheckpointBuild.Models;

/// <summary>The rotary position embedding of a model.</summary>
public sealed record RopeConfig
{
    /// <summary>The base of the frequencies: pair i turns by position · base^(-2i/dimensions).</summary>
    public required double Theta { get; init; }

    /// <summary>How many of a head's dimensions turn.</summary>
    public required int Dimensions { get; init; }

    /// <summary>How frequencies are changed for longer contexts.</summary>
    public RopeScalingKind Scaling { get; init; }

    /// <summary>By how much, where <see cref="Scaling"/> is not <see cref="RopeScalingKind.None"/>.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>The context that the model was first trained on, in tokens; 0 where the scaling needs none.</summary>
    public int OriginalContextLength { get; init; }

    /// <summary>Llama3: wavelengths longer than the original context over this are divided by the whole factor.</summary>
    public double LowFrequencyFactor { get; init; } = 1;

    /// <summary>Llama3: wavelengths shorter than the original context over this are kept.</summary>
    public double HighFrequencyFactor { get; init; } = 4;

    /// <summary>YaRN: rotations beyond which a frequency is kept.</summary>
    public double BetaFast { get; init; } = 32;

    /// <summary>YaRN: rotations below which a frequency is divided by the whole factor.</summary>
    public double BetaSlow { get; init; } = 1;

    /// <summary>What sines and cosines are multiplied by; null = as the scaling defines it.</summary>
    public double? AttentionFactor { get; init; }

    /// <summary>What each pair's frequency is divided by, [dimensions / 2], where a file states them outright; else empty.</summary>
    public ImmutableArray<float> StatedFactors { get; init; } = [];

    /// <summary>The base frequency of a pair, computed in float32 as the reference libraries do.</summary>
    /// <param name="pair">From 0 to dimensions / 2 - 1.</param>
    /// <returns>Radians per position.</returns>
    public float Frequency(int pair) => 1f / (float)Math.Pow((float)Theta, 2f * pair / Dimensions);

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

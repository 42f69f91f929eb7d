using System;
using System.Linq;
using CheckpointBuild.Models;
using CheckpointBuild.Runtime.Tests.Support;
using Xunit;

namespace CheckpointBuild.Runtime.Tests;

/// <summary>Rotary frequencies under every scaling, from their papers' formulas in double precision.</summary>
public sealed class RotaryTests
{
    // Frequencies are float32, and a power and a quotient away from exact.
    private const double Relative = 5e-7;

    private static readonly RopeConfig Plain = new() { Theta = 10000, Dimensions = 64 };

    [Fact]
    public void Plain_frequencies_are_powers_of_the_base() => Compare(Plain, pair => Frequency(pair, 10000));

    [Fact]
    public void Linear_scaling_divides_all_frequencies() =>
        Compare(Plain with { Scaling = RopeScalingKind.Linear, Factor = 4 }, pair => Frequency(pair, 10000) / 4);

    [Fact]
    public void Llama3_scaling_goes_by_wavelength()
    {
        RopeConfig rope = Plain with { Theta = 500000, Scaling = RopeScalingKind.Llama3, Factor = 8, OriginalContextLength = 8192, LowFrequencyFactor = 1, HighFrequencyFactor = 4 };
        Compare(rope, pair =>
        {
            double frequency = Frequency(pair, 500000);
            double turns = 8192 * frequency / (2 * Math.PI);
            double keep = Math.Clamp((turns - 1) / (4 - 1), 0, 1);
            return (frequency / 8 * (1 - keep)) + (frequency * keep);
        });
    }

    [Fact]
    public void Yarn_scaling_goes_by_turns_within_the_original_context()
    {
        RopeConfig rope = Plain with { Scaling = RopeScalingKind.Yarn, Factor = 4, OriginalContextLength = 2048 };
        double low = Math.Floor(64 * Math.Log(2048 / (32 * 2 * Math.PI)) / (2 * Math.Log(10000)));
        double high = Math.Ceiling(64 * Math.Log(2048 / (1 * 2 * Math.PI)) / (2 * Math.Log(10000)));
        Compare(rope, pair =>
        {
            double ramp = Math.Clamp((pair - low) / (high - low), 0, 1);
            return Frequency(pair, 10000) * ((1 - ramp) + (ramp / 4));
        });
        Assert.Equal((0.1 * Math.Log(4)) + 1, rope.Magnitude(), 1e-7);
    }

    [Fact]
    public void Stated_attention_factor_replaces_yarns_own() =>
        Assert.Equal(1.5, (Plain with { Scaling = RopeScalingKind.Yarn, Factor = 4, OriginalContextLength = 2048, AttentionFactor = 1.5 }).Magnitude());

    [Theory]
    [InlineData(100)]
    [InlineData(4096)]
    public void Dynamic_scaling_changes_the_base_past_the_original_context(int length)
    {
        RopeConfig rope = Plain with { Scaling = RopeScalingKind.Dynamic, Factor = 2, OriginalContextLength = 1024 };

        float[] frequencies = Of(rope, length);

        double theta = 10000 * (length <= 1024 ? 1 : Math.Pow((2.0 * length / 1024) - 1, 64 / 62.0));
        AssertNear(frequencies, pair => Frequency(pair, theta));
    }

    [Fact]
    public void Decoder_turns_by_the_scaled_frequencies()
    {
        var rope = new RopeConfig { Theta = 10000, Dimensions = 8, Scaling = RopeScalingKind.Yarn, Factor = 4, OriginalContextLength = 32 };
        var model = new TinyModel { Rope = rope };
        int[] tokens = [.. Enumerable.Range(0, 40)];
        using Decoder decoder = Decoder.Load(model.Checkpoint, new DecoderOptions { ThreadCount = 1 }, TestContext.Current.CancellationToken);
        float[] logits = new float[tokens.Length * 51];

        decoder.ForwardAll(tokens, logits);

        double[] frequencies = [.. Of(rope).Select(f => (double)f)];
        double[][] expected = new ReferenceDecoder(model.Checkpoint, frequencies, rope.Magnitude()).Logits(tokens);
        Assert.InRange(expected.SelectMany(r => r).Zip(logits, (e, a) => Math.Abs(e - a)).Max(), 0, 2e-5);
    }

    private static float[] Of(RopeConfig rope, int length = 0)
    {
        float[] frequencies = new float[rope.Dimensions / 2];
        RotaryFrequencies.Fill(rope, length, frequencies);
        return frequencies;
    }

    private static double Frequency(int pair, double theta) => Math.Pow(theta, -2.0 * pair / 64);

    private static void Compare(RopeConfig rope, Func<int, double> expected) => AssertNear(Of(rope), expected);

    private static void AssertNear(float[] frequencies, Func<int, double> expected)
    {
        Assert.Equal(32, frequencies.Length);
        for (int pair = 0; pair < frequencies.Length; pair++)
        {
            Assert.Equal(expected(pair), frequencies[pair], Relative * expected(pair));
        }
    }
}

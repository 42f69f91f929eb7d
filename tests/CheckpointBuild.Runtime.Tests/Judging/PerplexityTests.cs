using System;
using System.Diagnostics;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Models;
using CheckpointBuild.Runtime.Judging;
using CheckpointBuild.Runtime.Tests.Support;
using Xunit;

namespace CheckpointBuild.Runtime.Tests.Judging;

public sealed class PerplexityTests(DocLlama golden) : IClassFixture<DocLlama>
{
    // Logits differ by 1e-5 from the reference in either direction; over 72,562 predictions that cancels far below this.
    private const double PerplexityTolerance = 1e-4;

    // Exponentials are float32.
    private const double Relative = 1e-6;

    public static TheoryData<string> Protocols => [.. PerplexityProtocol.All.Select(p => p.Name)];

    [Fact]
    public void Windows_protocol_gives_the_reference_perplexity()
    {
        if (!golden.IsThere)
        {
            return;
        }

        using Decoder decoder = golden.Load(threads: 2);
        var watch = Stopwatch.StartNew();
        PerplexityResult result = Measure(decoder, golden.ValidationIds, "windows", 512);
        TestContext.Current.SendDiagnosticMessage($"{result} in {watch.Elapsed.TotalSeconds:F1} s");

        Assert.Equal(golden.Expected.GetProperty("scored").GetInt64(), result.ScoredTokens);
        Assert.Equal(golden.Expected.GetProperty("perplexity").GetDouble(), result.Perplexity, PerplexityTolerance);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public void Measure_scores_what_the_protocol_says(string name)
    {
        PerplexityProtocol protocol = PerplexityProtocol.Named(name);
        Checkpoint checkpoint = new TinyModel().Checkpoint;
        int[] ids = [1, .. Enumerable.Range(1, 69).Select(i => (i * 7) % 51)];
        using Decoder decoder = Decoder.Load(checkpoint, new DecoderOptions { ThreadCount = 1 }, TestContext.Current.CancellationToken);

        PerplexityResult result = Measure(decoder, ids, name, 32);

        double[] nats = [.. new[] { 0, 32 }.SelectMany(start => Nats(decoder, protocol, ids[0], ids[start..(start + 32)]))];
        Assert.Equal(2, result.Windows);
        Assert.Equal(nats.Length, result.ScoredTokens);
        Assert.Equal(nats.Average(), result.NegativeLogLikelihood, Relative);
        Assert.Equal(Math.Exp(nats.Average()), result.Perplexity, Relative * result.Perplexity);
    }

    [Fact]
    public void Llama_cpp_protocol_scores_the_second_half() => Assert.Equal(256, PerplexityProtocol.Named("llama.cpp").FirstScored(512));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, null)]
    public void Llama_cpp_protocol_begins_windows_as_the_text_begins(int first, int? expected) =>
        Assert.Equal(expected, PerplexityProtocol.Named("llama.cpp").FirstToken(new TinyModel().Config, first));

    [Fact]
    public void Named_refuses_an_unknown_protocol_and_lists_the_known()
    {
        CheckpointException error = Assert.Throws<CheckpointException>(() => PerplexityProtocol.Named("sliding"));

        Assert.Equal("CKPT5009", error.Code);
        Assert.Contains("windows, llama.cpp, gptq", error.Message);
    }

    [Fact]
    public void Measure_refuses_a_text_shorter_than_a_window()
    {
        using Decoder decoder = Decoder.Load(new TinyModel().Checkpoint, new DecoderOptions { ThreadCount = 1 }, TestContext.Current.CancellationToken);

        Assert.Equal("CKPT5007", Assert.Throws<CheckpointException>(() => Measure(decoder, new int[31], "windows", 32)).Code);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(641)]
    public void Measure_refuses_a_window_that_does_not_fit(int window)
    {
        using Decoder decoder = Decoder.Load(new TinyModel().Checkpoint, new DecoderOptions { ThreadCount = 1 }, TestContext.Current.CancellationToken);

        Assert.Equal("CKPT5012", Assert.Throws<CheckpointException>(() => Measure(decoder, new int[2000], "windows", window)).Code);
    }

    private static PerplexityResult Measure(Decoder decoder, int[] ids, string protocol, int window) =>
        Perplexity.Measure(decoder, ids, PerplexityProtocol.Named(protocol), window, TestContext.Current.CancellationToken);

    private static double[] Nats(Decoder decoder, PerplexityProtocol protocol, int first, int[] window)
    {
        window[0] = protocol.FirstToken(decoder.Config, first) ?? window[0];
        float[] logits = new float[window.Length * 51];
        decoder.Reset();
        decoder.ForwardAll(window, logits);
        return [.. Enumerable.Range(protocol.FirstScored(window.Length), window.Length - 1 - protocol.FirstScored(window.Length)).Select(position =>
        {
            double[] row = [.. logits.Skip(position * 51).Take(51).Select(l => (double)l)];
            return Math.Log(row.Sum(l => Math.Exp(l - row.Max()))) + row.Max() - row[window[position + 1]];
        })];
    }
}

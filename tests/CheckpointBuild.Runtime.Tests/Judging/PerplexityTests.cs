using System.Diagnostics;
using CheckpointBuild.Runtime.Judging;
using CheckpointBuild.Runtime.Tests.Support;
using Xunit;

namespace CheckpointBuild.Runtime.Tests.Judging;

public sealed class PerplexityTests(DocLlama golden) : IClassFixture<DocLlama>
{
    // Logits differ by 1e-5 from the reference in either direction; over 72,562 predictions that cancels far below this.
    private const double PerplexityTolerance = 1e-4;

    [Fact]
    public void Windows_protocol_gives_the_reference_perplexity()
    {
        if (!golden.IsThere)
        {
            return;
        }

        using Decoder decoder = golden.Load(threads: 2);
        var watch = Stopwatch.StartNew();
        PerplexityResult result = Perplexity.Measure(decoder, golden.ValidationIds, PerplexityProtocol.Named("windows"), cancellation: TestContext.Current.CancellationToken);
        TestContext.Current.SendDiagnosticMessage($"{result} in {watch.Elapsed.TotalSeconds:F1} s");

        Assert.Equal(golden.Expected.GetProperty("scored").GetInt64(), result.ScoredTokens);
        Assert.Equal(golden.Expected.GetProperty("perplexity").GetDouble(), result.Perplexity, PerplexityTolerance);
    }
}

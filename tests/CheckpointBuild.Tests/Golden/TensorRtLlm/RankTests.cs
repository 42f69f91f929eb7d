using System.IO;
using System.Linq;
using System.Threading;
using CheckpointBuild.Building;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Golden.TensorRtLlm;

/// <summary>Ranks that are built together.</summary>
public sealed class RankTests
{
    private const string Untied = "doc-llama with lm_head.weight added, see README";

    // Blocks overlap the ends of tensors, and a block may be read again after it was given up.
    private const double Tolerance = 1.02;

    [Theory]
    [InlineData(4, 1, false)]
    [InlineData(2, 2, false)]
    [InlineData(1, 1, true)]
    [InlineData(4, 1, true)]
    [InlineData(2, 2, true)]
    public void Ranks_built_by_two_workers_read_the_source_once(int tensorParallel, int pipelineParallel, bool isTied)
    {
        if (GoldenRoot.Topic("doc-llama").SaysAbsent())
        {
            return;
        }

        using var scratch = new Scratch();
        string source = isTied ? GoldenRoot.Topic("doc-llama").Reach() : DamagedInputs.Make(Untied, scratch);
        var recipe = new Recipe { Engine = "tensorrt-llm", DType = DType.F16, TensorParallel = tensorParallel, PipelineParallel = pipelineParallel };
        using EngineBuild build = EngineBuild.Open(source, recipe, new SourceHashes(null));

        BuildReport report = build.Run(scratch.PathOf("out"), new BuilderOptions { Workers = 2, Durability = Durability.Cached }, HashTrust.ReadAgain, CancellationToken.None);

        long bytes = Directory.EnumerateFiles(source, "*.safetensors").Sum(f => new FileInfo(f).Length);
        Assert.InRange(report.BytesRead, bytes * 0.98, bytes * Tolerance);
    }
}

using System;
using System.IO;
using System.Threading.Tasks;
using CheckpointBuild.Building;
using CheckpointBuild.Dialects;
using CheckpointBuild.Models;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Tool;
using Xunit;

namespace CheckpointBuild.Tests.Golden.TensorRtLlm;

/// <summary>Models as transformers writes them, of every family: what a forward pass computes with is the same in ranks that are read back, or the form is refused.</summary>
public sealed class FamilyTests
{
    private static readonly GoldenTopic Topic = GoldenRoot.Topic("families");

    private static readonly string[] Refusals = ["CKPT2012", "CKPT3257"];

    public static TheoryData<string> Cases => Topic.CasesOfKind("models with weights", topic => [.. System.Linq.Enumerable.Select(topic.Files("config.json", SearchOption.AllDirectories), f => Path.GetDirectoryName(f)!)]);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Ranks_read_back_have_the_model_s_settings(string name)
    {
        if (Topic.SaysAbsent(name))
        {
            return;
        }

        using var scratch = new Scratch();
        string source = Topic.Reach(name);
        string[] release = ["--to", "tensorrt-llm", "--tensor-rt-llm-version", "1.0", "--dtype", "float32"];
        CkptResult converted = await Ckpt.RunAsync(["convert", source, .. release, "--output", scratch.PathOf("ranks")]);
        if (converted.IsRefusal)
        {
            Assert.Contains(Refusals, code => converted.Error.Contains(code, StringComparison.Ordinal));
            return;
        }

        await Ckpt.DoneAsync(["convert", scratch.PathOf("ranks"), .. release, "--tensor-parallel", "2", "--output", scratch.PathOf("two")]);
        await Ckpt.DoneAsync("convert", scratch.PathOf("two"), "--to", "huggingface", "--output", scratch.PathOf("back"));

        Assert.Equal([], ConfigComparison.Differences(ConfigOf(source), ConfigOf(scratch.PathOf("back"))));
    }

    private static ModelConfig ConfigOf(string folder)
    {
        using var directory = CheckpointDirectory.Open(folder);
        return Dialect.Detect(directory).Read(directory).Config;
    }
}

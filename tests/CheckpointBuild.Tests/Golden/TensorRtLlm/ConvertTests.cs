using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Tool;
using Xunit;

namespace CheckpointBuild.Tests.Golden.TensorRtLlm;

/// <summary>TensorRT-LLM checkpoints against what NVIDIA's own conversion scripts wrote for the same command line, to the byte.</summary>
public sealed class ConvertTests
{
    public static TheoryData<string> Cases => TensorRtLlmCase.Topic.Cases(_ => TensorRtLlmCase.Names);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Convert_by_the_script_s_flags_gives_its_bytes(string name)
    {
        if (TensorRtLlmCase.Topic.SaysAbsent(name))
        {
            return;
        }

        using var scratch = new Scratch();
        TensorRtLlmCase one = TensorRtLlmCase.Find(name);

        CkptResult result = await Ckpt.RunAsync(one.CommandLine(scratch, "reference"));

        if (one.IsRefused)
        {
            Assert.True(result.IsRefusal, $"the reference refuses: {one.Reason}\n{result}");
            Assert.False(Directory.Exists(scratch.PathOf("out")) && Directory.EnumerateFileSystemEntries(scratch.PathOf("out")).Any(), $"something was written\n{result}");
            return;
        }

        Assert.True(result.ExitCode == 0, result.ToString());
        IEnumerable<string> written = Directory.EnumerateFiles(scratch.PathOf("out")).Select(f => Path.GetFileName(f)).Where(f => f == "config.json" || f.StartsWith("rank", StringComparison.Ordinal));
        Findings.None(one.Files
            .SelectMany(f => RankFile.Differences(scratch.PathOf($"out/{f.Key}"), f.Value, one.LacksStatistics))
            .Concat(written.Except(one.Files.Keys).Select(f => $"{f}: the reference wrote no such file")));
    }
}

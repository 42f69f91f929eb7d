using System;
using System.IO;
using System.Threading.Tasks;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Tool;

/// <summary>Engines of TensorRT-LLM: what is refused before the builder is started, and what a recording stand-in for it leaves. No real engine is built here.</summary>
[Collection(nameof(TrtllmBuildTests))]
public sealed class TrtllmBuildTests
{
    private const string Variable = "CHECKPOINTBUILD_TRTLLM_BUILD";

    [Theory]
    [InlineData("CKPT3231", "--streamingllm", "enable", "--pp_reduce_scatter", "enable")]
    [InlineData("CKPT3231", "--multiple_profiles", "enable", "--opt_num_tokens", "8")]
    [InlineData("CKPT9001", "--gemm_plugin", "int4")]
    [InlineData("CKPT9001", "--max_batch_size", "many")]
    public async Task Flags_that_cannot_be_are_refused_before_any_work(string code, params string[] flags)
    {
        using var scratch = new Scratch();

        CkptResult result = await Ckpt.RunAsync(["build", await RanksAsync(scratch), "--engine", "tensorrt-llm-engine", "--output", scratch.PathOf("engine"), .. flags]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(code, result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(scratch.PathOf("engine")));
    }

    [Fact]
    public async Task A_missing_tensor_is_named_and_another_dtype_is_said()
    {
        using var scratch = new Scratch();
        string ranks = await RanksAsync(scratch);
        string config = await File.ReadAllTextAsync(Path.Combine(ranks, "config.json"), TestContext.Current.CancellationToken);
        string[] line = ["build", ranks, "--engine", "tensorrt-llm-engine", "--dry-run", "--output", scratch.PathOf("engine")];

        await File.WriteAllTextAsync(Path.Combine(ranks, "config.json"), config.Replace("\"dtype\": \"float16\"", "\"dtype\": \"bfloat16\"", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        Assert.Contains("warning CKPT3240", (await Ckpt.DoneAsync(line)).Error, StringComparison.Ordinal);

        await File.WriteAllTextAsync(Path.Combine(ranks, "config.json"), config.Replace("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        CkptResult missing = await Ckpt.RunAsync(line);
        Assert.Contains("CKPT3232", missing.Error, StringComparison.Ordinal);
        Assert.Contains("transformer.layers.2.attention.qkv.weight", missing.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 0, null)]
    [InlineData("touch \"$4/config.json\" \"$4/rank0.engine\"", 0, "")]
    [InlineData("touch \"$4/config.json\"", 1, "CKPT3235")]
    [InlineData("echo out of memory >&2; exit 3", 1, "CKPT3234")]
    public async Task The_builder_is_run_and_what_it_leaves_is_looked_at(string script, int exitCode, string? code)
    {
        using var scratch = new Scratch();
        string tool = scratch.PathOf("trtllm-build");
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        await File.WriteAllTextAsync(tool, $"#!/bin/sh\nmkdir -p \"$4\"\necho building \"$@\"\n{script}\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Environment.SetEnvironmentVariable(Variable, code is null ? scratch.PathOf("nowhere") : tool);
        try
        {
            CkptResult result = await Ckpt.RunAsync("build", await RanksAsync(scratch), "--engine", "tensorrt-llm-engine", "--max_batch_size", "4", "--output", scratch.PathOf("engine"));

            Assert.Equal(code is null ? 1 : exitCode, result.ExitCode);
            Assert.Contains(code ?? "CKPT3233", result.Error, StringComparison.Ordinal);
            Assert.Equal(code is not null, result.Error.Contains("--max_batch_size 4", StringComparison.Ordinal));
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, null);
        }
    }

    private static async Task<string> RanksAsync(Scratch scratch)
    {
        await Ckpt.DoneAsync("convert", new TinyLlama().Write(scratch.PathOf("tiny")), "--to", "tensorrt-llm", "--dtype", "float16", "--output", scratch.PathOf("ranks"));
        return scratch.PathOf("ranks");
    }
}

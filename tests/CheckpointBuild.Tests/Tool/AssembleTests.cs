using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Tool;

/// <summary>Ranks that are built one by one, and <c>ckpt assemble</c>, which holds them against each other.</summary>
public sealed class AssembleTests
{
    [Theory]
    [InlineData("ranks", "ranks", "ranks", "ranks")]
    [InlineData("ranks/0", "ranks/1", "ranks/2", "ranks/3")]
    public async Task Ranks_that_were_built_one_by_one_are_those_that_are_built_together(params string[] places)
    {
        using var scratch = new Scratch();
        string source = new TinyLlama().Write(scratch.PathOf("tiny"));
        await Ckpt.DoneAsync("build", source, "--engine", "tensorrt-llm", "--tensor-parallel", "2", "--pipeline-parallel", "2", "--output", scratch.PathOf("together"));
        for (int rank = 0; rank < places.Length; rank++)
        {
            await RankAsync(source, scratch.PathOf(places[rank]), rank);
        }

        CkptResult result = await Ckpt.DoneAsync("assemble", scratch.PathOf("ranks"));

        Assert.Equal("4 ranks of LlamaForCausalLM (TP 2 × PP 2) fit their configuration and each other\n", result.Output);
        Assert.All(new[] { "config.json", "rank0.safetensors", "rank1.safetensors", "rank2.safetensors", "rank3.safetensors" }, f => Assert.Equal(File.ReadAllBytes(scratch.PathOf("together/" + f)), File.ReadAllBytes(scratch.PathOf("ranks/" + f))));
    }

    [Theory]
    [InlineData("ranks", "ranks")]
    [InlineData("ranks/0", "ranks/1")]
    public async Task Every_rank_that_was_built_by_itself_is_verified_by_a_report_of_its_own(params string[] places)
    {
        using var scratch = new Scratch();
        string source = new TinyLlama().Write(scratch.PathOf("tiny"));
        string[] line = ["build", source, "--engine", "tensorrt-llm", "--tensor-parallel", "2", "--output"];
        await Ckpt.DoneAsync([.. line, scratch.PathOf(places[0]), "--rank", "0"]);
        await Ckpt.DoneAsync([.. line, scratch.PathOf(places[1]), "--rank", "1"]);
        await Ckpt.DoneAsync("assemble", scratch.PathOf("ranks"));
        CkptResult whole = await Ckpt.DoneAsync("verify", scratch.PathOf("ranks"));

        await File.AppendAllTextAsync(scratch.PathOf("ranks/rank0.safetensors"), "more", TestContext.Current.CancellationToken);
        CkptResult damaged = await Ckpt.RunAsync("verify", scratch.PathOf("ranks"));

        Assert.Equal(2, whole.Output.Split('\n').Count(l => l.StartsWith("2 files match", StringComparison.Ordinal)));
        Assert.True(damaged.IsRefusal, damaged.ToString());
        Assert.Contains("rank0.safetensors", damaged.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reports_of_single_ranks_go_where_all_are_built_together()
    {
        using var scratch = new Scratch();
        string source = new TinyLlama().Write(scratch.PathOf("tiny"));
        string[] line = ["build", source, "--engine", "tensorrt-llm", "--tensor-parallel", "2", "--output", scratch.PathOf("ranks")];
        await Ckpt.DoneAsync([.. line, "--rank", "1"]);

        await Ckpt.DoneAsync(line);

        Assert.Equal(["build-report.json"], Directory.GetFiles(scratch.PathOf("ranks"), "build-report*").Select(f => Path.GetFileName(f)));
    }

    [Fact]
    public async Task A_rank_that_is_missing_is_named()
    {
        using var scratch = new Scratch();
        string source = new TinyLlama().Write(scratch.PathOf("tiny"));
        await RankAsync(source, scratch.PathOf("ranks"), 0);

        await RefusedAsync("CKPT2991", "rank1.safetensors", scratch.PathOf("ranks"));
    }

    [Fact]
    public async Task Ranks_of_two_recipes_are_not_mixed()
    {
        using var scratch = new Scratch();
        string source = new TinyLlama().Write(scratch.PathOf("tiny"));
        await RankAsync(source, scratch.PathOf("ranks/0"), 0);
        await RankAsync(source, scratch.PathOf("ranks/1"), 1, "--dtype", "float16");

        await RefusedAsync("CKPT3250", "ranks/1", scratch.PathOf("ranks"));
        CkptResult same = await Ckpt.RunAsync("build", source, "--engine", "tensorrt-llm", "--tensor-parallel", "2", "--pipeline-parallel", "2", "--dtype", "float32", "--rank", "2", "--output", scratch.PathOf("ranks/0"));
        Assert.Contains("CKPT3250", same.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ranks_of_two_models_are_not_mixed()
    {
        using var scratch = new Scratch();
        string source = new TinyLlama().Write(scratch.PathOf("tiny"));
        await RankAsync(source, scratch.PathOf("ranks"), 0);
        await RankAsync(source, scratch.PathOf("ranks"), 1);
        await RankAsync(source, scratch.PathOf("other"), 1, "--dtype", "float32");
        File.Copy(scratch.PathOf("other/rank1.safetensors"), scratch.PathOf("ranks/rank1.safetensors"), overwrite: true);
        await RankAsync(source, scratch.PathOf("ranks"), 2);
        await RankAsync(source, scratch.PathOf("ranks"), 3);

        await RefusedAsync("CKPT3251", "transformer.", scratch.PathOf("ranks"));
    }

    [Theory]
    [InlineData("CKPT3253", "4")]
    [InlineData("CKPT9001", "first")]
    public async Task A_rank_that_there_is_not_is_refused_before_any_byte_is_written(string code, string rank)
    {
        using var scratch = new Scratch();

        CkptResult result = await Ckpt.RunAsync("build", new TinyLlama().Write(scratch.PathOf("tiny")), "--engine", "tensorrt-llm", "--tensor-parallel", "2", "--pipeline-parallel", "2", "--rank", rank, "--output", scratch.PathOf("ranks"));

        Assert.True(result.IsRefusal, result.ToString());
        Assert.Contains(code, result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(scratch.PathOf("ranks")));
    }

    [Theory]
    [InlineData(3, "OMPI_COMM_WORLD_RANK=3", "SLURM_PROCID=0")]
    [InlineData(2, "SLURM_PROCID=2")]
    [InlineData(1, "PMI_RANK=1")]
    [InlineData(5, "JOB_COMPLETION_INDEX=5", "KUBERNETES_SERVICE_HOST=10.0.0.1", "HOSTNAME=convert-5-xyz")]
    [InlineData(7, "KUBERNETES_SERVICE_HOST=10.0.0.1", "HOSTNAME=convert-7")]
    public void The_environment_says_which_rank_a_process_is(int rank, params string[] variables) => Assert.Equal(rank, RankEnvironment.Of(Read(variables)));

    [Fact]
    public void A_process_that_nobody_numbered_is_told_so() => Assert.Equal("CKPT3252", Assert.Throws<CheckpointException>(() => RankEnvironment.Of(Read("HOSTNAME=laptop-7"))).Code);

    private static Func<string, string?> Read(params string[] variables)
    {
        Dictionary<string, string> values = variables.Select(v => v.Split('=')).ToDictionary(v => v[0], v => v[1]);
        return values.GetValueOrDefault;
    }

    private static Task<CkptResult> RankAsync(string source, string output, int rank, params string[] further) =>
        Ckpt.DoneAsync(["build", source, "--engine", "tensorrt-llm", "--tensor-parallel", "2", "--pipeline-parallel", "2", "--rank", $"{rank}", "--output", output, .. further]);

    private static async Task RefusedAsync(string code, string named, string folder)
    {
        CkptResult result = await Ckpt.RunAsync("assemble", folder);
        Assert.True(result.IsRefusal, result.ToString());
        Assert.Contains(code, result.Error, StringComparison.Ordinal);
        Assert.Contains(named, result.Error, StringComparison.Ordinal);
    }
}

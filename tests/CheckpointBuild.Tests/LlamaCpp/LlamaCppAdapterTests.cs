using System.Threading.Tasks;
using CheckpointBuild.Tests.Golden;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Reports.Expectations;
using CheckpointBuild.Tests.Tool;
using Xunit;

namespace CheckpointBuild.Tests.LlamaCpp;

/// <summary>Adapters that are kept apart, in the real llama.cpp: base and adapter side by side compute what the merged model computes.</summary>
public sealed class LlamaCppAdapterTests
{
    // Two orders of the same sums in float32, over six layers.
    private const double MostLogit = 1e-3;

    private const string Reference = "lora-f32.gguf";

    private static readonly int[] Ids = [4094, 3411, 3298, 3189, 263, 1684, 286, 263];

    [Fact]
    public async Task Base_and_adapter_compute_what_the_merged_engine_computes()
    {
        string model = Repository.PathOf("samples/models/doc-llama"), adapter = Repository.PathOf("samples/models/doc-llama-adapter");
        using var scratch = new Scratch();
        await Ckpt.DoneAsync("build", model, "--engine", "gguf", "--dtype", "f32", "--adapter", adapter, "--output", scratch.PathOf("merged"));
        await Ckpt.DoneAsync("build", model, "--engine", "gguf", "--dtype", "f32", "--adapter", adapter, "--adapter-mode", "apart", "--output", scratch.PathOf("apart"));

        using var merged = new LlamaCppModel(scratch.PathOf("merged/doc-llama.gguf"));
        using var apart = new LlamaCppModel(scratch.PathOf("apart/doc-llama.gguf"));
        float[] expected = merged.Logits(Ids), actual = apart.Logits(Ids, scratch.PathOf("apart/adapters/doc-llama-adapter.gguf"));

        Findings.None(FloatDistance.Faults(actual, expected, MostLogit));
        Assert.NotEmpty(FloatDistance.Faults(apart.Logits(Ids), expected, 100 * MostLogit));
    }

    [Fact]
    public async Task Adapter_computes_what_the_reference_s_own_file_computes()
    {
        GoldenTopic lora = GoldenRoot.Topic("gguf/lora"), model = GoldenRoot.Topic("doc-llama");
        if (model.SaysAbsent() || lora.SaysAbsent() || !lora.Has(Reference))
        {
            return;
        }

        using var scratch = new Scratch();
        await Ckpt.DoneAsync("build", model.Reach(), "--engine", "gguf", "--dtype", "f32", "--adapter", lora.Reach("adapter"), "--adapter-mode", "apart", "--output", scratch.Folder);

        using var loaded = new LlamaCppModel(scratch.PathOf("doc-llama.gguf"));
        float[] expected = loaded.Logits(Ids, lora.Reach(Reference));
        Assert.NotEqual(expected, loaded.Logits(Ids));
        Assert.Equal(expected, loaded.Logits(Ids, scratch.PathOf("adapters/adapter.gguf")));
    }
}

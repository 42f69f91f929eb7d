using System.IO;
using System.Runtime.InteropServices;
using System.Threading.Tasks;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Laws;
using CheckpointBuild.Tests.Tool;
using Xunit;

namespace CheckpointBuild.Tests.LlamaCpp;

/// <summary>A family for which there is no recorded reference: the real llama.cpp loads its engine and computes what our own forward pass does.</summary>
public sealed class ArceeTests
{
    // llama.cpp sums in another order, and in halves of float32 where its kernels do.
    private const double Tolerance = 1e-3;

    private static readonly int[] Ids = [3, 17, 29, 5, 38, 11];

    [Fact]
    public async Task Llama_cpp_computes_from_the_engine_what_we_compute_from_the_checkpoint()
    {
        using var scratch = new Scratch();
        string model = FamilySample.Named("ArceeForCausalLM, default").Write(scratch.PathOf("arcee"));
        await Ckpt.DoneAsync("build", model, "--engine", "gguf", "--dtype", "f32", "--output", scratch.PathOf("out"));
        await Ckpt.DoneAsync("logits", model, "--ids", string.Join(',', Ids), "--output", scratch.PathOf("own.f32"));

        using var reference = new LlamaCppModel(scratch.PathOf("out/arcee.gguf"));
        float[] expected = reference.Logits(Ids);
        float[] own = MemoryMarshal.Cast<byte, float>(await File.ReadAllBytesAsync(scratch.PathOf("own.f32"), TestContext.Current.CancellationToken)).ToArray();

        Assert.Equal(expected.Length, own.Length);
        for (int i = 0; i < own.Length; i++)
        {
            Assert.Equal(expected[i], own[i], Tolerance);
        }
    }
}

using System.Text.Json.Nodes;
using System.Threading.Tasks;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Tool;
using Xunit;

namespace CheckpointBuild.Tests.Golden.DocLlama;

/// <summary>Four-bit weights scaled by activations that our own runtime measured stay near the model.</summary>
public sealed class AwqQualityTests
{
    // What round-to-nearest with the same groups loses on the same text.
    private const double MostDivergence = 0.0127;

    [Fact]
    public async Task Doc_llama_calibrated_from_text_by_our_runtime_loses_no_more_than_rounding()
    {
        GoldenTopic model = GoldenRoot.Topic("doc-llama");
        if (model.SaysAbsent() || !model.Has("expected/valid.u16.bin"))
        {
            return;
        }

        using var scratch = new Scratch();
        await Ckpt.DoneAsync("convert", model.Reach(), "--to", "tensorrt-llm", "--dtype", "bfloat16", "--quantization", "int4_awq", "--calibration", ":own", "--output", scratch.PathOf("out"));

        CkptResult compared = await Ckpt.DoneAsync("compare", model.Reach(), scratch.PathOf("out"), "--ids-file", model.Reach("expected/valid.u16.bin"), "--window", "512");

        double divergence = JsonNode.Parse(compared.Output)!["kl_mean"]?.GetValue<double>() ?? double.NaN;
        Assert.True(divergence <= MostDivergence, compared.Output);
    }
}

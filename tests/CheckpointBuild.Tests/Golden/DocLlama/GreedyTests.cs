using System.Threading.Tasks;
using CheckpointBuild.Tests.Tool;
using Xunit;

namespace CheckpointBuild.Tests.Golden.DocLlama;

/// <summary>Greedy continuations equal the reference's, id by id.</summary>
public sealed class GreedyTests
{
    // The reference stops after 64 ids or at the end token.
    private const string MostTokens = "64";

    public static TheoryData<string> Cases => DocLlamaData.Cases();

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Run_of_the_checkpoint_gives_the_reference_s_ids(string prompt) => CompareAsync(prompt, null);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Run_of_the_float32_engine_gives_the_reference_s_ids(string prompt) => CompareAsync(prompt, "f32");

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Run_of_the_bfloat16_engine_gives_the_reference_s_ids(string prompt) => CompareAsync(prompt, "bf16");

    // The smallest gap between first and second logit on the way is 0.011, more than binary16 weights move one here.
    [Theory]
    [MemberData(nameof(Cases))]
    public Task Run_of_the_float16_engine_gives_the_reference_s_ids(string prompt) => CompareAsync(prompt, "f16");

    private static async Task CompareAsync(string name, string? engine)
    {
        if (DocLlamaData.SaysAbsent(name))
        {
            return;
        }

        DocLlamaPrompt prompt = DocLlamaData.Prompt(name);
        string path = engine is null ? DocLlamaData.Model.Reach() : await BuiltEngines.GgufAsync(engine);

        CkptResult result = await Ckpt.DoneAsync("run", path, "--prompt", prompt.Text, "--max-tokens", MostTokens, "--temperature", "0", "--ids");

        Assert.Equal(prompt.Greedy, Assert.Single(result.IdLines));
    }
}

using System.IO;
using System.Threading.Tasks;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Tool;
using Xunit;

namespace CheckpointBuild.Tests.Golden.DocLlama;

/// <summary>Ids of the prompts equal the reference's, from the checkpoint and from an engine.</summary>
public sealed class TokenizeTests
{
    public static TheoryData<string> Cases => DocLlamaData.Cases();

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Tokenize_with_the_checkpoint_gives_the_reference_s_ids(string prompt) => CompareAsync(prompt, engine: null, noSpecial: null);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Tokenize_with_an_engine_gives_the_reference_s_ids(string prompt) => CompareAsync(prompt, "q8_0", noSpecial: null);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Tokenize_without_special_tokens_leaves_the_begin_token_out(string prompt) => CompareAsync(prompt, engine: null, "--no-special");

    private static async Task CompareAsync(string name, string? engine, string? noSpecial)
    {
        if (DocLlamaData.SaysAbsent(name))
        {
            return;
        }

        DocLlamaPrompt prompt = DocLlamaData.Prompt(name);
        string path = engine is null ? DocLlamaData.Model.Reach() : await BuiltEngines.GgufAsync(engine);
        using var scratch = new Scratch();
        string text = scratch.PathOf("text.txt");
        await File.WriteAllTextAsync(text, prompt.Text, TestContext.Current.CancellationToken);

        CkptResult result = await Ckpt.DoneAsync(["tokenize", path, "--text-file", text, .. noSpecial is null ? (string[])[] : [noSpecial]]);

        Assert.Equal(noSpecial is null ? prompt.Ids : prompt.Ids[1..], Assert.Single(result.IdLines));
    }
}

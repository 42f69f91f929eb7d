using System.Threading.Tasks;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Reports.Expectations;
using CheckpointBuild.Tests.Tool;
using Xunit;

namespace CheckpointBuild.Tests.Golden.DocLlama;

/// <summary>Logits of every prompt position against the reference's float32 computation.</summary>
public sealed class LogitsTests
{
    // Two honest float32 implementations differ by the order of their sums; the topic's README measured it.
    private const double Float32Tolerance = 1e-3;

    // Binary16 loses what lies below 2^-14 of these weights, 43 tensors have such values; the reference runtime's own F16 file is allowed the same.
    private const double Float16Tolerance = 2e-2;

    public static TheoryData<string> Cases => DocLlamaData.Cases();

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Logits_of_the_checkpoint_equal_the_reference(string prompt) => CompareAsync(prompt, null, Float32Tolerance);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Logits_of_the_float32_engine_equal_the_reference(string prompt) => CompareAsync(prompt, "f32", Float32Tolerance);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Logits_of_the_bfloat16_engine_equal_the_reference(string prompt) => CompareAsync(prompt, "bf16", Float32Tolerance);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Logits_of_the_float16_engine_are_near_the_reference(string prompt) => CompareAsync(prompt, "f16", Float16Tolerance);

    private static async Task CompareAsync(string name, string? engine, double tolerance)
    {
        if (DocLlamaData.SaysAbsent(name))
        {
            return;
        }

        DocLlamaPrompt prompt = DocLlamaData.Prompt(name);
        string path = engine is null ? DocLlamaData.Model.Reach() : await BuiltEngines.GgufAsync(engine);
        using var scratch = new Scratch();
        string file = scratch.PathOf("logits.f32");

        await Ckpt.DoneAsync("logits", path, "--ids", string.Join(',', prompt.Ids), "--output", file);

        Findings.None(FloatDistance.Faults(FloatsClose.Read(file), DocLlamaData.Expected.ReadFloats(prompt.LogitsFile), tolerance));
    }
}

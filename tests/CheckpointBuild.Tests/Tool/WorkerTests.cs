using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Tool;

/// <summary><c>ckpt worker</c>: what the package's tasks hear.</summary>
public sealed class WorkerTests
{
    [Fact]
    public async Task A_product_is_built_once_and_found_in_the_store_afterwards()
    {
        using var scratch = new Scratch();
        string request = Request(scratch, new JsonObject { ["Engine"] = "gguf", ["Quantization"] = "q8_0", ["OutputSubdirectory"] = "models" });

        CkptResult first = await WorkAsync(request);
        CkptResult second = await WorkAsync(request);

        Assert.Equal("false", Field(first, "product", 5));
        Assert.Equal("true", Field(second, "product", 5));
        Assert.Equal(Field(first, "product", 4), Field(second, "product", 4));
        Assert.Equal("writer.gguf", Field(first, "file", 4));
        Assert.Equal("ok", Field(second, "result", 3));
    }

    [Fact]
    public async Task A_choice_that_this_version_does_not_offer_is_refused_not_ignored()
    {
        using var scratch = new Scratch();

        CkptResult result = await WorkAsync(Request(scratch, new JsonObject { ["Engine"] = "gguf", ["NoSuchChoice"] = "true" }));

        Assert.Equal(1, result.ExitCode);
        Assert.Equal("CKPT9002", Field(result, "diag", 4));
        Assert.Equal("failed", Field(result, "result", 3));
    }

    [Fact]
    public async Task A_choice_of_another_target_is_refused_not_ignored()
    {
        using var scratch = new Scratch();

        CkptResult result = await WorkAsync(Request(scratch, new JsonObject { ["Engine"] = "gguf", ["TensorParallel"] = "2" }));

        Assert.Equal(1, result.ExitCode);
        Assert.Equal("CKPT9001", Field(result, "diag", 4));
    }

    [Fact]
    public async Task A_request_of_another_protocol_is_refused()
    {
        using var scratch = new Scratch();
        await File.WriteAllTextAsync(scratch.PathOf("request.json"), """{"protocol": 99}""", TestContext.Current.CancellationToken);

        Assert.Equal("CKPT9003", Field(await WorkAsync(scratch.PathOf("request.json")), "diag", 4));
    }

    [Fact]
    public async Task A_store_that_cannot_be_written_is_named()
    {
        using var scratch = new Scratch();
        string request = Request(scratch, new JsonObject { ["Engine"] = "gguf" }, "/dev/null/store");

        CkptResult result = await WorkAsync(request);

        Assert.Equal("CKPT7002", Field(result, "diag", 4));
        Assert.Contains("/dev/null/store", Field(result, "diag", 9), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_that_is_no_JSON_is_named_by_its_number()
    {
        using var scratch = new Scratch();
        await File.WriteAllTextAsync(scratch.PathOf("texts.jsonl"), "{\"text\": \"a\"}\n{\n", TestContext.Current.CancellationToken);

        CkptResult result = await Ckpt.RunAsync("tokenize", new TinyLlama().Write(scratch.PathOf("tiny")), "--jsonl", scratch.PathOf("texts.jsonl"));

        Assert.Contains("CKPT9004", result.Error, StringComparison.Ordinal);
        Assert.Contains("texts.jsonl(2)", result.Error, StringComparison.Ordinal);
    }

    private static string Request(Scratch scratch, JsonObject metadata, string? store = null)
    {
        var request = new JsonObject
        {
            ["protocol"] = 1,
            ["task"] = "BuildEngine",
            ["store"] = store ?? scratch.PathOf("store"),
            ["fallbackStore"] = scratch.PathOf("fallback"),
            ["offline"] = false,
            ["force"] = false,
            ["verify"] = false,
            ["items"] = new JsonArray(new JsonObject { ["source"] = new TinyLlama().Write(scratch.PathOf("tiny")), ["engineName"] = "writer", ["metadata"] = metadata }),
        };
        File.WriteAllText(scratch.PathOf("request.json"), request.ToJsonString());
        return scratch.PathOf("request.json");
    }

    // Standard input is the lifeline: it must not end before the work does.
    private static Task<CkptResult> WorkAsync(string request) => Ckpt.RunWithInputAsync(new OpenLifeline(), "worker", "--request", request);

    private static string Field(CkptResult result, string kind, int field) =>
        result.Output.Split('\n').Select(l => l.Split('\t')).First(l => l is ["@ckpt", var k, ..] && k == kind)[field - 1];
}

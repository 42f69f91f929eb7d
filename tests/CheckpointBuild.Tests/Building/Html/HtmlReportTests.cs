using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using CheckpointBuild.Building;
using CheckpointBuild.Building.Html;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tests.Building.Quality;
using CheckpointBuild.Tests.Tool;
using Xunit;

namespace CheckpointBuild.Tests.Building.Html;

/// <summary>The page of a product.</summary>
public sealed class HtmlReportTests : IDisposable
{
    private const string Hostile = "<script>alert('x')</script>\"><img src=http://x onerror=alert(1)>&";

    private readonly JudgedModel _judged = new();

    public void Dispose() => _judged.Dispose();

    [Fact]
    public void A_page_says_what_was_built_from_what_and_how_good_it_is()
    {
        JsonElement report = _judged.Build(_judged.Recipe with { MaxKlDivergence = 10 });

        string page = HtmlReport.Of(_judged.Output);

        Assert.All(report.GetProperty("inputs").EnumerateArray().Concat(report.GetProperty("outputs").EnumerateArray()), file => Assert.Contains(file.GetProperty("sha256").GetString()!, page, StringComparison.Ordinal));
        Assert.All(report.GetProperty("tensors").EnumerateArray(), tensor => Assert.Contains(tensor.GetProperty("name").GetString()!, page, StringComparison.Ordinal));
        Assert.Contains("windows/128", page, StringComparison.Ordinal);
        Assert.Contains("within budget", page, StringComparison.Ordinal);
        Assert.Contains("Error by layer", page, StringComparison.Ordinal);
        Assert.Contains(report.GetProperty("tool").GetString()!, page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_of_a_choice_shows_what_was_measured()
    {
        JsonElement choice = _judged.Build(_judged.Recipe with { Quantization = "auto", MaxEngineSize = 60_000 }).GetProperty("automatic");

        string page = HtmlReport.Of(Path.Combine(_judged.Output, "tiny.gguf"));

        Assert.Contains("<svg", page, StringComparison.Ordinal);
        Assert.All(choice.GetProperty("alternatives").EnumerateArray(), a => Assert.Contains($">{a.GetProperty("name").GetString()}<", page, StringComparison.Ordinal));
    }

    [Fact]
    public void A_page_needs_nothing_from_elsewhere()
    {
        _judged.Build(_judged.Recipe);

        string page = HtmlReport.Of(_judged.Output);

        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("url(", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<link", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_of_a_report_mean_only_themselves()
    {
        _judged.Build(_judged.Recipe with { MaxKlDivergence = 10 });
        string path = Path.Combine(_judged.Output, BuildReport.FileName);
        JsonNode report = JsonNode.Parse(File.ReadAllText(path))!;
        Spoil(report);
        File.WriteAllText(path, report.ToJsonString());

        string page = HtmlReport.Of(_judged.Output);

        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;script&gt;", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"checkpoint":{"name":1},"recipe":{}}""")]
    [InlineData("""{"checkpoint":{},"recipe":{},"tensors":[{"name":"a","dtype":"f32","shape":"[9223372036854775807, 9]"}]}""")]
    [InlineData("""{"checkpoint":{},"recipe":{},"tensors":[{"name":"a","dtype":"f32","shape":"[x]"}]}""")]
    [InlineData("""{"checkpoint":{},"recipe":{},"outputs":[{"path":"a","size":-1}]}""")]
    [InlineData("""{"checkpoint":{},"recipe":{},"outputs":[{"path":"a","size":9223372036854775807},{"path":"b","size":9223372036854775807}]}""")]
    [InlineData("""{"checkpoint":{},"recipe":{},"automatic":{"chosen":"a","protocol_id":"b","alternatives":[{"name":"a","size":1,"kl_mean":1e999}]}}""")]
    public void A_damaged_report_is_refused(string json)
    {
        Directory.CreateDirectory(_judged.Output);
        File.WriteAllText(Path.Combine(_judged.Output, BuildReport.FileName), json);

        Assert.Equal("CKPT7001", Assert.Throws<CheckpointException>(() => HtmlReport.Of(_judged.Output)).Code);
    }

    [Fact]
    public void A_report_with_little_in_it_gives_a_page()
    {
        Directory.CreateDirectory(_judged.Output);
        File.WriteAllText(Path.Combine(_judged.Output, BuildReport.FileName), """{"checkpoint":{},"recipe":{},"tensors":[{"name":"a.0.b","dtype":"f32","shape":"[0, 4]"}]}""");

        Assert.EndsWith("</html>\n", HtmlReport.Of(_judged.Output), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_tool_writes_the_page_with_errors_that_no_build_measured()
    {
        _judged.Build(_judged.Recipe with { EvaluationText = null });
        string page = _judged.PathOf("pages/report.html");

        await Ckpt.DoneAsync("report", _judged.Output, "--html", page, "--against", _judged.Model);

        Assert.Contains("Error by layer", await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(1, (await Ckpt.RunAsync("report", _judged.Model, "--html", page)).ExitCode);
    }

    // Every text, the names of the recipe's fields too.
    private static void Spoil(JsonNode node)
    {
        switch (node)
        {
            case JsonObject json:
                foreach ((string name, JsonNode? value) in json.ToArray())
                {
                    if (name == "recipe")
                    {
                        value![Hostile] = Hostile;
                    }
                    else if (name is not "shape" && value is JsonValue text && text.GetValueKind() == JsonValueKind.String)
                    {
                        json[name] = Hostile + text.GetValue<string>();
                    }
                    else if (value is not null)
                    {
                        Spoil(value);
                    }
                }

                break;
            case JsonArray items:
                foreach (JsonNode? item in items)
                {
                    Spoil(item!);
                }

                break;
        }
    }
}

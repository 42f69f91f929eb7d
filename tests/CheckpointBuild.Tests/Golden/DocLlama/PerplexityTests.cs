using System.Globalization;
using System.Text.Json;
using System.Threading.Tasks;
using CheckpointBuild.Tests.Tool;
using Xunit;

namespace CheckpointBuild.Tests.Golden.DocLlama;

/// <summary>Perplexity of the held-out text by the topic's protocol.</summary>
public sealed class PerplexityTests(ITestOutputHelper output)
{
    // Of 6.7424: rounding of float32 sums moves the mean of 72,562 terms far less.
    private const double Tolerance = 1e-4;

    [Fact]
    public async Task Perplexity_of_the_checkpoint_equals_the_reference()
    {
        if (DocLlamaData.Expected.SaysAbsent() || DocLlamaData.Model.SaysAbsent())
        {
            return;
        }

        JsonElement expected = DocLlamaData.ReadExpected();
        string window = expected.GetProperty("window").GetInt32().ToString(CultureInfo.InvariantCulture);

        CkptResult result = await Ckpt.DoneAsync("perplexity", DocLlamaData.Model.Reach(), "--ids-file", DocLlamaData.Expected.Reach("valid.u16.bin"), "--window", window);

        output.WriteLine(result.Output);
        JsonElement actual = JsonElement.Parse(result.Output);
        Assert.Equal("windows", actual.GetProperty("protocol").GetString());
        Assert.Equal(expected.GetProperty("scored").GetInt32(), actual.GetProperty("scored").GetInt32());
        Assert.Equal(expected.GetProperty("perplexity").GetDouble(), actual.GetProperty("perplexity").GetDouble(), Tolerance);
    }
}

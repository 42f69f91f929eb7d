using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using CheckpointBuild.Tests.Golden;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Reports;

/// <summary>Every <c>case.json</c> of the golden topic <c>reports</c>, run through the tool.</summary>
public sealed class ReportTests(ITestOutputHelper output)
{
    private const string CaseFile = "/case.json";

    private static readonly GoldenTopic Topic = GoldenRoot.Topic("reports");

    public static TheoryData<string> Cases => Topic.Cases(Slugs);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Tool_gives_the_right_result(string slug)
    {
        if (Topic.SaysAbsent(slug))
        {
            return;
        }

        using var scratch = new Scratch();
        ReportCase reportCase = ReportCase.Read(slug, Topic.Reach(slug), Topic.ReadJson(slug + CaseFile));
        ReportVerdict verdict = await new ReportRun(reportCase, scratch.Folder).JudgeAsync();

        if (NotYet.CapabilityOf(slug) is { } capability)
        {
            output.WriteLine($"not built yet: {capability}\n{verdict}");
            Assert.False(verdict.Outcome == ReportOutcome.Right, $"{slug} gives the right result: take its line out of {nameof(NotYet)}.");
            Assert.False(verdict.Outcome == ReportOutcome.Wrong, $"{slug} is not built yet ({capability}) and must be refused with a word, never done wrongly.\n{verdict}");
            return;
        }

        Assert.True(verdict.Outcome is ReportOutcome.Right or ReportOutcome.RefusedAcceptably, $"{slug}\nright: {reportCase.Right}\n{verdict}");
        output.WriteLine(verdict.ToString());
    }

    [Fact]
    public void Slugs_that_wait_for_a_capability_exist()
    {
        if (!Topic.SaysAbsent())
        {
            Findings.None(NotYet.Slugs.Except(Slugs(Topic)));
        }
    }

    private static IEnumerable<string> Slugs(GoldenTopic topic) => topic.Files("case.json", SearchOption.AllDirectories).Select(path => path[..^CaseFile.Length]);
}

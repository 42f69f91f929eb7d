using System.Linq;
using CheckpointBuild.Package.Tests.Matrix;
using CheckpointBuild.Package.Tests.Package;
using Xunit;

namespace CheckpointBuild.Package.Tests.Situations;

/// <summary>Each situation ends as its entry says. Without <c>CHECKPOINTBUILD_MATRIX=whole</c> only the fast ones are played.</summary>
public sealed class SituationTests(PackageFeed feed)
{
    public static TheoryData<string> Names => [.. All.Where(s => MatrixScope.Wants(s.Name, s.IsFast)).Select(s => s.Name)];

    private static Situation[] All =>
        [.. OutputSituations.All, .. StoreSituations.All, .. DiskSituations.All, .. EditorSituations.All, .. RestoreSituations.All, .. PackageSituations.All, .. LogSituations.All];

    [Theory]
    [MemberData(nameof(Names))]
    public void Situation_ends_right(string name)
    {
        using var folder = new StrangerFolder(feed);
        All.Single(s => s.Name == name).Play(folder);
    }

    [Fact]
    public void Readme_table_equals_the_list()
    {
        ReadmeTable.Is("situations", All.Select(s => $"| {(s.IsFast ? "●" : "○")} | {s.Name} | {s.Right} |").Prepend("|---|---|---|").Prepend("| | situation | ends |"));
    }
}

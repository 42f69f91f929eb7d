using System;
using System.IO;
using Xunit;

namespace CheckpointBuild.Tests.Golden;

/// <summary>The rules by which suites find their golden data.</summary>
public sealed class GoldenRootTests(ITestOutputHelper output)
{
    [Fact]
    public void Find_gives_a_folder_that_is_there()
    {
        output.WriteLine($"golden data: {GoldenRoot.Folder} ({GoldenRoot.Origin})");
        Assert.True(Directory.Exists(GoldenRoot.Folder), GoldenRoot.Folder);
    }

    [Fact]
    public void Cases_of_an_absent_topic_are_one_row_that_says_so()
    {
        GoldenTopic topic = GoldenRoot.Topic("no-such-topic");

        string row = Assert.Single(topic.Cases(_ => throw new InvalidOperationException("never asked"))).Data;

        Assert.True(topic.SaysAbsent(row));
    }

    [Fact]
    public void Cases_of_a_present_topic_without_any_fail()
    {
        GoldenTopic topic = GoldenRoot.Topic(".", GoldenRoot.Folder);

        string row = Assert.Single(topic.Cases(_ => [])).Data;

        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => topic.SaysAbsent(row));
    }
}

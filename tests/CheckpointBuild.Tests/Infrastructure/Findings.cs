using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace CheckpointBuild.Tests.Infrastructure;

/// <summary>What a test found wrong. Unlike an assertion on a collection, it prints all of it, one a line.</summary>
internal static class Findings
{
    private const int Most = 60;

    /// <summary>Fails unless there is none.</summary>
    /// <param name="findings">What is wrong, one sentence each.</param>
    public static void None(IEnumerable<string?> findings)
    {
        string[] all = [.. findings.OfType<string>()];
        string more = all.Length > Most ? $"\n… and {all.Length - Most} more" : "";
        Assert.True(all.Length == 0, $"{all.Length} found:\n{string.Join('\n', all.Take(Most))}{more}");
    }
}

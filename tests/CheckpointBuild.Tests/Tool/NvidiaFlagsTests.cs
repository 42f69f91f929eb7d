using System;
using System.IO;
using System.Linq;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tool.Nvidia;
using Xunit;

namespace CheckpointBuild.Tests.Tool;

/// <summary>The page that maps NVIDIA's flags to ours names every one.</summary>
public sealed class NvidiaFlagsTests
{
    [Fact]
    public void The_page_names_every_flag_with_its_meaning()
    {
        string page = File.ReadAllText(Repository.PathOf("docs/tensorrt-llm.md"));

        Findings.None(NvidiaFlags.All
            .Where(f => !f.Aliases.Prepend(f.Name).All(name => page.Contains($"`{name}`", StringComparison.Ordinal)) || !page.Contains(f.Meaning, StringComparison.Ordinal))
            .Select(f => $"docs/tensorrt-llm.md does not say what {f.Name} is"));
    }
}

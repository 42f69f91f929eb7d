using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Xml.Linq;
using Xunit;

namespace CheckpointBuild.Package.Tests.Package;

/// <summary>What lies in the package, as NuGet and MSBuild will find it.</summary>
public sealed class PackageContentTests(PackageFeed feed) : IDisposable
{
    private readonly ZipArchive _package = ZipFile.OpenRead(feed.TasksPackage);

    public void Dispose() => _package.Dispose();

    [Theory]
    [InlineData("build/CheckpointBuild.Tasks.props")]
    [InlineData("build/CheckpointBuild.Tasks.targets")]
    [InlineData("buildTransitive/CheckpointBuild.Tasks.props")]
    [InlineData("buildTransitive/CheckpointBuild.Tasks.targets")]
    [InlineData("buildMultiTargeting/CheckpointBuild.Tasks.targets")]
    [InlineData("tasks/netstandard2.0/CheckpointBuild.Tasks.dll")]
    [InlineData("tools/net10.0/any/ckpt.dll")]
    [InlineData("tools/net10.0/any/ckpt.runtimeconfig.json")]
    [InlineData("tools/net10.0/any/ckpt.deps.json")]
    [InlineData("tools/net10.0/any/CheckpointBuild.dll")]
    [InlineData("README.md")]
    public void The_package_has(string entry) => Assert.NotNull(_package.GetEntry(entry));

    [Fact]
    public void The_package_brings_no_assembly_and_no_dependency_into_a_project()
    {
        Assert.DoesNotContain(_package.Entries, e => e.FullName.StartsWith("lib/", StringComparison.Ordinal) || e.FullName.StartsWith("ref/", StringComparison.Ordinal));
        Assert.DoesNotContain(Nuspec.Descendants(), e => e.Name.LocalName == "dependency");
        Assert.Equal("true", Nuspec.Descendants().Single(e => e.Name.LocalName == "developmentDependency").Value);
    }

    [Fact]
    public void The_tasks_bring_exactly_one_assembly() =>
        Assert.Single(_package.Entries, e => e.FullName.StartsWith("tasks/", StringComparison.Ordinal));

    [Fact]
    public void The_tool_brings_no_program_for_one_platform() =>
        Assert.All(_package.Entries.Where(e => e.FullName.StartsWith("tools/", StringComparison.Ordinal)), e => Assert.Contains(Path.GetExtension(e.Name), new[] { ".dll", ".json" }));

    private XElement Nuspec
    {
        get
        {
            using Stream stream = _package.GetEntry("CheckpointBuild.Tasks.nuspec")!.Open();
            return XElement.Load(stream);
        }
    }
}

using System;
using System.Linq;
using Xunit;

namespace CheckpointBuild.Package.Tests.Package;

/// <summary>An application that knows nothing of us references a library that owns a model.</summary>
public sealed class ReferenceTests(ReferenceTests.TwoProjects projects) : IClassFixture<ReferenceTests.TwoProjects>
{
    [Fact]
    public void The_engine_of_a_referenced_project_lies_in_the_applications_bin() => Assert.Single(projects.Folder.Engines("host", "bin", "Debug"));

    [Fact]
    public void The_engine_of_a_referenced_project_is_published() => Assert.Single(projects.Folder.Engines("published"));

    [Fact]
    public void Hooks_run_around_the_build_of_the_engines()
    {
        string[] order = ["before the engines", "doc-llama:", "after the engines"];
        int[] places = [.. order.Select(o => projects.Built.Output.IndexOf(o, StringComparison.Ordinal))];
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
    }

    /// <summary>Library and application, built and published.</summary>
    public sealed class TwoProjects : IDisposable
    {
        public TwoProjects(PackageFeed feed)
        {
            Folder = new StrangerFolder(feed);
            Folder.WriteProject("library", """Engine="gguf" Quantization="q8_0" """, extra: """
                <PropertyGroup><OutputType>Library</OutputType></PropertyGroup>
                <Target Name="Before" BeforeTargets="BeforeBuildModelEngines"><Message Importance="high" Text="before the engines" /></Target>
                <Target Name="After" AfterTargets="AfterBuildModelEngines"><Message Importance="high" Text="after the engines" /></Target>
                """);
            Folder.Write("library/Program.cs", "public class Part;");
            Folder.Write("host/host.csproj", """
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework></PropertyGroup>
                  <ItemGroup><ProjectReference Include="../library/library.csproj" /></ItemGroup>
                </Project>
                """);
            Folder.Write("host/Program.cs", """System.Console.WriteLine("ran");""");
            Built = Folder.Run("build", "host").Succeeded();
            Folder.Run("publish", "host", "-c", "Debug", "--no-build", "-o", Folder.Below("published")).Succeeded();
        }

        public StrangerFolder Folder { get; }

        public CommandResult Built { get; }

        public void Dispose() => Folder.Dispose();
    }
}

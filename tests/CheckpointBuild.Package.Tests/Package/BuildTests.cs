using System;
using System.IO;
using Xunit;

namespace CheckpointBuild.Package.Tests.Package;

/// <summary>One package reference and one item: the first build makes an engine, the second makes nothing.</summary>
public sealed class BuildTests(BuildTests.TwoBuilds builds) : IClassFixture<BuildTests.TwoBuilds>
{
    [Fact]
    public void Build_puts_the_engine_into_bin()
    {
        builds.First.Result.Succeeded();
        Assert.True(File.Exists(builds.Folder.Engine("app")));
    }

    [Fact]
    public void Build_gives_no_warning() => Assert.Contains("0 Warning(s)", builds.First.Result.Output);

    [Fact]
    public void Build_starts_the_tool_once()
    {
        Assert.Equal(1, builds.First.ToolStarts);
        Assert.True(builds.FirstStartedTool);
    }

    [Fact]
    public void Build_says_in_one_line_what_it_built() => Assert.Matches(@"doc-llama: 11\.8 MB to 6\.\d MB, built in \d+\.\d s", builds.First.Result.Output);

    [Fact]
    public void Build_leaves_a_report_in_the_store_and_none_in_bin()
    {
        Assert.NotEmpty(Directory.GetFiles(builds.Folder.Store, "build-report.json", SearchOption.AllDirectories));
        Assert.Empty(Directory.GetFiles(builds.Folder.Below("app", "bin"), "build-report.json", SearchOption.AllDirectories));
    }

    [Fact]
    public void Build_again_starts_no_process()
    {
        builds.Second.Result.Succeeded();
        Assert.Equal(0, builds.Second.ToolStarts);
        Assert.False(builds.SecondStartedTool);
    }

    [Fact]
    public void Build_again_copies_nothing() => Assert.Equal(0, builds.Second.EngineCopies);

    [Fact]
    public void Build_in_design_time_does_nothing()
    {
        CommandResult result = builds.Folder.Run(
            "msbuild", "app/app.csproj", "-t:Compile", "-p:DesignTimeBuild=true", "-p:BuildingProject=false", "-p:BuildProjectReferences=false", "-p:SkipCompilerExecution=true", "-p:ProvideCommandLineArgs=true", "-p:Configuration=Fresh");
        result.Succeeded();
        Assert.Empty(result.Codes);
        Assert.Empty(builds.Folder.Engines("app", "bin", "Fresh"));
    }

    [Fact]
    public void Build_that_skips_models_keeps_the_engine_that_is_there()
    {
        BuildRecord skipping = builds.Folder.Record("build", "app", "--no-restore", "-p:CheckpointBuildSkip=true");
        skipping.Result.Succeeded();
        Assert.Equal(0, skipping.ToolStarts);
        Assert.True(File.Exists(builds.Folder.Engine("app")));
    }

    [Fact]
    public void Build_by_force_builds_again() =>
        Assert.Contains("built in", builds.Folder.Run("build", "app", "--no-restore", "-p:CheckpointBuildForce=true").Succeeded().Output);

    [Fact]
    public void Query_names_the_engine_with_key_size_and_place()
    {
        CommandResult result = builds.Folder.Run("build", "app", "--no-restore", "-getTargetResult:GetModelEngines").Succeeded();
        Assert.Contains("\"EngineName\": \"doc-llama\"", result.Output);
        Assert.Contains("\"Size\": \"6", result.Output);
        Assert.Contains(Path.GetDirectoryName(builds.Folder.Engine("app"))!, result.Output);
    }

    [Fact]
    public void Query_is_answered_by_the_outer_build_of_several_frameworks()
    {
        builds.Folder.WriteProject("many", """Engine="gguf" """, extra: "<PropertyGroup><TargetFramework /><TargetFrameworks>net10.0</TargetFrameworks></PropertyGroup>");
        CommandResult result = builds.Folder.Run("build", "many", "-t:Build;GetModelEngines", "-getTargetResult:GetModelEngines").Succeeded();
        Assert.Contains("\"EngineName\": \"doc-llama\"", result.Output);
    }

    /// <summary>A stranger's project, built and built again.</summary>
    public sealed class TwoBuilds : IDisposable
    {
        public TwoBuilds(PackageFeed feed)
        {
            Folder = new StrangerFolder(feed);
            Folder.WriteProject("app", """Engine="gguf" Quantization="q8_0" """);
            Folder.TraceHosts();
            First = Folder.Record("build", "app");
            FirstStartedTool = Folder.ToolWasStarted;
            Folder.TraceHosts();
            Second = Folder.Record("build", "app");
            SecondStartedTool = Folder.ToolWasStarted;
        }

        public StrangerFolder Folder { get; }

        public BuildRecord First { get; }

        public BuildRecord Second { get; }

        public bool FirstStartedTool { get; }

        public bool SecondStartedTool { get; }

        public void Dispose() => Folder.Dispose();
    }
}

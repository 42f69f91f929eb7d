using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CheckpointBuild.Package.Tests.Package;
using Xunit;

namespace CheckpointBuild.Package.Tests.Matrix;

/// <summary>The columns of the matrix, in the order in which a row goes through them.</summary>
public static class Steps
{
    /// <summary>Every column.</summary>
    public static IReadOnlyList<Step> All { get; } =
    [
        new("build", "the engine lies in every output, and the build gives no warning", Build),
        new("again", "no process is started and nothing is copied", Again),
        new("run", "the program finds its engine beside itself", Run) { AppliesTo = s => s.Program is not null },
        new("question", "`-question` finds nothing to do", Question),
        new("touch", "a newer time alone gives the same engine, and copies nothing", Touch),
        new("edit", "one changed bit under an older time gives the new engine", Edit),
        new("undo", "the bit changed back gives the first engine, from the store", Undo),
        new("switch", "other options give the other engine", s => SwitchTo(s, Site.Sixteen)),
        new("back", "the options switched back give the first engine, from the store", s => SwitchTo(s, Site.Eight)),
        new("editor", "a design-time build does nothing and complains about nothing", DesignTime) { AppliesTo = s => s.Editor is not null },
        new("skip", "`CheckpointBuildSkip` keeps the engine that is there", Skip),
        new("rebuild", "`--no-incremental` places the engine again and builds no model", Rebuild),
        new("publish", "the published folder holds the engine and nothing of the checkpoint", s => Publish(s)) { AppliesTo = s => s.Publish is not null },
        new("publish --no-build", "the same, from what the build left", s => Publish(s, "--no-build")) { AppliesTo = s => s.Publish is not null },
        new("clean", "no engine and no folder of one is left; the store keeps its own", Clean),
    ];

    private static void Build(Site site)
    {
        BuildRecord record = site.Build();
        record.Result.Succeeded();
        Assert.True(record.Result.Codes.Length == 0 && !record.Result.Output.Contains("warning ", StringComparison.Ordinal), record.Result.Output);
        site.HoldsTheRightEngine();
    }

    private static void Again(Site site)
    {
        BuildRecord record = site.Build();
        record.Result.Succeeded();
        Assert.Equal(0, record.ToolStarts);
        Assert.Equal(0, record.EngineCopies);
    }

    private static void Run(Site site) => Assert.Contains("the engine is here", site.Folder.Run("exec", site.Folder.Below(site.Shape.Program!)).Succeeded().Output);

    private static void Question(Site site) => Assert.DoesNotContain("CKPT", site.Build("--no-restore", "-question").Result.Output);

    private static void Touch(Site site)
    {
        string config = Path.Combine(site.Checkpoint, "config.json");
        File.SetLastWriteTimeUtc(config, DateTime.UtcNow.AddHours(1));
        BuildRecord record = site.Build("--no-restore");
        record.Result.Succeeded();
        Assert.DoesNotContain("built in", record.Result.Output);
        Assert.Equal(0, record.EngineCopies);
        site.HoldsTheRightEngine();
    }

    private static void Edit(Site site)
    {
        FlipOneBit(site.Weights, TimeSpan.FromDays(-400));
        site.Build("--no-restore").Result.Succeeded();
        site.HoldsTheRightEngine();
    }

    private static void Undo(Site site)
    {
        FlipOneBit(site.Weights, TimeSpan.FromDays(-800));
        CommandResult result = site.Build("--no-restore").Result.Succeeded();
        Assert.Contains("from the store", result.Output);
        site.HoldsTheRightEngine();
    }

    private static void SwitchTo(Site site, string options)
    {
        site.Switch(options);
        CommandResult result = site.Build().Result.Succeeded();
        site.HoldsTheRightEngine();
        if (options == Site.Eight)
        {
            Assert.DoesNotContain("built in", result.Output);
        }
    }

    private static void DesignTime(Site site)
    {
        string[] before = site.EnginesBelow("");
        CommandResult result = site.Folder.Run(
            "msbuild", site.Shape.Editor!, "-t:Compile", "-p:DesignTimeBuild=true", "-p:BuildingProject=false", "-p:BuildProjectReferences=false", "-p:SkipCompilerExecution=true", "-p:ProvideCommandLineArgs=true",
            "-p:Configuration=Fresh");
        result.Succeeded();
        Assert.Empty(result.Codes);
        Assert.Equal(before, site.EnginesBelow(""));
    }

    private static void Skip(Site site)
    {
        BuildRecord record = site.Build("--no-restore", "-p:CheckpointBuildSkip=true");
        record.Result.Succeeded();
        Assert.Equal(0, record.ToolStarts);
        site.HoldsTheRightEngine();
    }

    private static void Rebuild(Site site)
    {
        CommandResult result = site.Build("--no-restore", "--no-incremental").Result.Succeeded();
        Assert.DoesNotContain("built in", result.Output);
        site.HoldsTheRightEngine();
    }

    private static void Publish(Site site, params string[] more)
    {
        string target = site.Folder.Below("published");
        if (Directory.Exists(target))
        {
            Directory.Delete(target, recursive: true);
        }

        string[] arguments = ["publish", site.Shape.Publish!, .. site.Shape.PublishArguments.Contains("-c") ? Array.Empty<string>() : ["-c", "Debug"], "-o", target, .. site.Shape.PublishArguments, .. more];
        CommandResult result = site.Folder.Run(arguments).Succeeded();
        Assert.Empty(result.Codes);
        string engine = Path.Combine(target, site.Shape.Engine);
        Assert.True(File.Exists(engine), $"There is no engine in the published folder: {string.Join(", ", Directory.GetFiles(target))}.");
        Assert.Equal(StrangerFolder.Sha256(site.Folder.Below(site.Shape.Outputs[0], site.Shape.Engine)), StrangerFolder.Sha256(engine));
        Assert.DoesNotContain(Directory.GetFiles(target, "*", SearchOption.AllDirectories), f => Path.GetFileName(f) is "config.json" or "tokenizer.json" || f.EndsWith(".safetensors", StringComparison.Ordinal));
    }

    private static void Clean(Site site)
    {
        string[] arguments = ["clean", .. site.Shape.Build.Length > 0 ? [site.Shape.Build] : Array.Empty<string>(), .. site.Shape.Arguments.Where(a => !a.StartsWith("--", StringComparison.Ordinal) || a.Contains('='))];
        site.Folder.Run(arguments).Succeeded();
        foreach (string output in site.Shape.Outputs)
        {
            Assert.False(File.Exists(site.Folder.Below(output, site.Shape.Engine)), $"Clean left the engine in {output}.");
        }

        Assert.NotEmpty(site.EnginesBelow("store"));
    }

    // Same size; the time says that nothing happened since long ago.
    private static void FlipOneBit(string weights, TimeSpan age)
    {
        FileInfo link = new(weights);
        string path = link.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? weights;
        using (FileStream file = File.Open(path, FileMode.Open))
        {
            file.Seek(-2, SeekOrigin.End);
            int value = file.ReadByte();
            file.Seek(-2, SeekOrigin.End);
            file.WriteByte((byte)(value ^ 1));
        }

        File.SetLastWriteTimeUtc(path, DateTime.UtcNow + age);
    }
}

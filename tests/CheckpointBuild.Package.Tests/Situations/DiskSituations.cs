using System.Collections.Generic;
using System.IO;
using CheckpointBuild.Package.Tests.Package;
using Xunit;

namespace CheckpointBuild.Package.Tests.Situations;

/// <summary>Disks that are full, read-only, or strangely shaped.</summary>
internal static class DiskSituations
{
    internal static readonly IReadOnlyList<Situation> All =
    [
        new("the disk of the store, then that of the output, is full", "refused, and space is spoken of; nothing half-written; right when there is space again", Full),
        new("an undefined property makes Include a slash, or empty", "refused without a walk over the disk; an empty one makes nothing", WholeDisk),
        new("the checkpoint's folder holds links in circles, then a dangling shard", "the same engine; then refused by name", Links),
        new("the sources cannot be written", "the right engine, and nothing beside the sources", ReadOnly),
        new("weights are a Git LFS pointer", "refused, and Git LFS is named", Pointer),
    ];

    private static void Full(StrangerFolder folder)
    {
        using var volume = SmallVolume.TryMount(folder.Below("small"));
        if (volume is null)
        {
            return; // Nobody but root may make a small volume; there is nothing to ask then.
        }

        folder.WriteProject("app", Scene.Sixteen);
        folder.Run("build", "app").Succeeded();
        string right = folder.EngineIn("app", "bin");
        folder.Forget("app");
        folder.Run("restore", "app").Succeeded();
        string store = "-p:CheckpointBuildStoreRoot=" + Path.Combine(volume.Folder, "store");
        CommandResult result = folder.Run("build", "app", "--no-restore", store).Refused();
        Assert.True(Scene.SpeaksOfSpace(result), result.Output);
        Assert.Empty(folder.Engines("app", "bin"));
        volume.Resize(64);
        folder.Run("build", "app", "--no-restore", store).Succeeded();
        Assert.Equal(right, folder.EngineIn("app", "bin"));

        Directory.Delete(Path.Combine(volume.Folder, "store"), recursive: true);
        volume.Resize(1);
        string output = "-p:OutDir=" + volume.Folder + "/bin/";
        result = folder.Run("build", "app", "--no-restore", output);
        Assert.NotEqual(0, result.ExitCode);
        Assert.True(Scene.SpeaksOfSpace(result), result.Output);
        Assert.Empty(folder.Engines("small"));
        volume.Resize(64);
        folder.Run("build", "app", "--no-restore", output).Succeeded();
        Assert.Equal(right, folder.EngineIn("small"));
    }

    private static void WholeDisk(StrangerFolder folder)
    {
        folder.WriteProject("slash", null, extra: """<ItemGroup><ModelCheckpoint Include="$(NotDefined)/" Engine="gguf" /></ItemGroup>""");
        folder.Run("restore", "slash").Succeeded();
        folder.Run("msbuild", "slash/slash.csproj", "-getItem:ModelCheckpoint").Succeeded();
        Assert.Equal(["CKPT7102"], folder.Run("build", "slash", "--no-restore").Refused().Codes);
        folder.WriteProject("none", null, extra: """<ItemGroup><ModelCheckpoint Include="$(NotDefined)" Engine="gguf" /></ItemGroup>""");
        folder.Run("build", "none").Succeeded();
        Assert.Empty(folder.Engines("none", "bin"));
    }

    private static void Links(StrangerFolder folder)
    {
        folder.WriteProject("app", Scene.Sixteen);
        folder.Run("build", "app").Succeeded();
        string right = folder.EngineIn("app", "bin");
        Directory.CreateSymbolicLink(Path.Combine(folder.Checkpoint, "loop"), ".");
        Directory.CreateSymbolicLink(Path.Combine(folder.Checkpoint, "up"), "../doc-llama");
        folder.RightOrRefused(folder.Run("build", "app", "--no-restore"), "app", right);
        Directory.Delete(Path.Combine(folder.Checkpoint, "loop"));
        Directory.Delete(Path.Combine(folder.Checkpoint, "up"));

        string weights = Path.Combine(folder.Checkpoint, "model.safetensors");
        File.Move(weights, folder.Below("blob"));
        File.CreateSymbolicLink(weights, folder.Below("not-downloaded"));
        Assert.Contains("model.safetensors", folder.Run("build", "app", "--no-restore").Refused().Output);
        File.Delete(weights);
        File.CreateSymbolicLink(weights, folder.Below("blob"));
        folder.Run("build", "app", "--no-restore").Succeeded();
        Assert.Equal(right, folder.EngineIn("app", "bin"));
    }

    private static void ReadOnly(StrangerFolder folder)
    {
        folder.Write("Directory.Build.props", $"<Project><PropertyGroup><ArtifactsPath>{folder.Below("artifacts")}</ArtifactsPath></PropertyGroup></Project>");
        folder.WriteProject("app", Scene.Eight);
        string[] before = Directory.GetFileSystemEntries(folder.Below("models"), "*", SearchOption.AllDirectories);
        foreach (string path in before)
        {
            File.SetAttributes(path, File.GetAttributes(path) | FileAttributes.ReadOnly);
        }

        folder.Run("build", "app").Succeeded();
        folder.Run("build", "app", "--no-restore").Succeeded();
        Assert.Single(folder.Engines("artifacts"));
        Assert.Equal(before, Directory.GetFileSystemEntries(folder.Below("models"), "*", SearchOption.AllDirectories));
        foreach (string path in before)
        {
            File.SetAttributes(path, File.GetAttributes(path) & ~FileAttributes.ReadOnly);
        }
    }

    private static void Pointer(StrangerFolder folder)
    {
        File.WriteAllText(Path.Combine(folder.Checkpoint, "model.safetensors"), $"version https://git-lfs.github.com/spec/v1\noid sha256:{new string('0', 64)}\nsize 11000000\n");
        folder.WriteProject("app", Scene.Eight);
        CommandResult result = folder.Run("build", "app").Refused();
        Assert.Equal(["CKPT1006"], result.Codes);
        Assert.Contains("git lfs pull", result.Output);
    }
}

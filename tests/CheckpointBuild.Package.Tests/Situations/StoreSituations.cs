using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using CheckpointBuild.Package.Tests.Package;
using Xunit;

namespace CheckpointBuild.Package.Tests.Situations;

/// <summary>One store for everybody: damaged, foreign, restored by a build server, asked by sixteen at once.</summary>
internal static class StoreSituations
{
    private const int Builds = 16;

    internal static readonly IReadOnlyList<Situation> All =
    [
        new("an entry of the store is cut, gone, or changed under its old time", "the right engine, built again with a warning; never another one", Poisoned),
        new("sixteen builds of sixteen projects meet at an empty store", "one builds, fifteen take its engine, all bytes are equal", Sixteen),
        new("a build server restores the store with all times wrong, and nothing else", "no model work, the right engine", RestoredCache),
        new("the store is another user's, or cannot be written", "an engine that is there is used; a missing one is refused and the store named", ForeignStore),
        new("there is no usable home folder", "the project keeps a store of its own, and says so", NoHome),
        new("a shard is replaced by one of equal size and time", "`CheckpointBuildVerify` finds it", Verified),
        new("`ckpt store` lists, verifies and shrinks the store", "damage is named, what was used longest ago goes first, the next build is right", Upkeep),
        new("`ckpt plan` before and after a build", "the same key; nothing is built by planning", Planned) { IsFast = true },
    ];

    private static void Poisoned(StrangerFolder folder)
    {
        folder.WriteProject("app", Scene.Sixteen);
        folder.Run("build", "app").Succeeded();
        string right = folder.EngineIn("app", "bin");
        string entry = folder.InStore();
        byte[] sound = File.ReadAllBytes(entry);
        DateTime time = File.GetLastWriteTimeUtc(entry);
        Action[] damages =
        [
            () => File.WriteAllBytes(entry, sound[..(sound.Length / 2)]),
            () => File.Delete(entry),
            () => File.WriteAllBytes(entry, [.. sound[..^1], (byte)(sound[^1] ^ 1)]),
        ];
        foreach (Action damage in damages)
        {
            damage();
            if (File.Exists(entry))
            {
                File.SetLastWriteTimeUtc(entry, time);
            }

            folder.Forget("app");
            folder.RightOrRefused(folder.Run("build", "app"), "app", right);
            Assert.Equal(right, folder.EngineIn("store"));
        }
    }

    private static void Sixteen(StrangerFolder folder)
    {
        string[] names = [.. Enumerable.Range(0, Builds).Select(i => $"app{i}")];
        foreach (string name in names)
        {
            folder.WriteProject(name, Scene.Eight);
            folder.Run("restore", name).Succeeded();
        }

        CommandResult[] results = [.. names.Select(n => Task.Run(() => folder.Run("build", n, "--no-restore"))).ToArray().Select(t => t.GetAwaiter().GetResult())];
        Assert.All(results, r => r.Succeeded());
        Assert.Equal(1, results.Count(r => r.Output.Contains("built in", StringComparison.Ordinal)));
        Assert.Equal(Builds - 1, results.Count(r => r.Output.Contains("from the store", StringComparison.Ordinal)));
        Assert.Single(names.Select(n => folder.EngineIn(n, "bin")).Distinct());
    }

    private static void RestoredCache(StrangerFolder folder)
    {
        folder.WriteProject("app", Scene.Eight);
        folder.Run("build", "app").Succeeded();
        string right = folder.EngineIn("app", "bin");
        folder.Forget("app");
        foreach (string file in Directory.GetFiles(folder.Root, "*", SearchOption.AllDirectories).Where(f => f.StartsWith(folder.Store, StringComparison.Ordinal) || f.StartsWith(folder.Checkpoint, StringComparison.Ordinal)))
        {
            File.SetLastWriteTimeUtc(file, new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        }

        Assert.Contains("from the store", folder.Run("build", "app").Succeeded().Output);
        Assert.Equal(right, folder.EngineIn("app", "bin"));
    }

    private static void ForeignStore(StrangerFolder folder)
    {
        // Everything that the other user needs lies in this folder, nothing in our own home.
        string config = folder.Below("nuget.config");
        File.WriteAllText(config, System.Text.RegularExpressions.Regex.Replace(File.ReadAllText(config), "<fallbackPackageFolders>.*</fallbackPackageFolders>", ""));
        folder.DotNet.With("NUGET_PACKAGES", folder.Below("packages"));
        folder.WriteProject("first", Scene.Eight);
        folder.Run("build", "first").Succeeded();
        string right = folder.EngineIn("first", "bin");
        folder.WriteProject("second", Scene.Eight);
        folder.WriteProject("third", Scene.Sixteen);
        folder.Run("restore", "second").Succeeded();
        folder.Run("restore", "third").Succeeded();
        using var user = new OtherUser(folder, "second", "third");
        folder.RightOrRefused(user.Run("build", "second", "--no-restore"), "second", right);
        CommandResult missing = user.Run("build", "third", "--no-restore");
        if (missing.ExitCode != 0)
        {
            Assert.Contains(folder.Store, missing.Refused().Output);
        }
    }

    private static void NoHome(StrangerFolder folder)
    {
        folder.WriteProject("app", Scene.Eight);
        folder.Run("restore", "app").Succeeded();
        folder.DotNet.With("CheckpointBuildStoreRoot", "").With("HOME", "/proc/no-home").With("XDG_CACHE_HOME", "/proc/no-home/cache").With("DOTNET_CLI_HOME", folder.Below("cli"));
        CommandResult result = folder.Run("build", "app", "--no-restore").Succeeded();
        Assert.Contains("checkpoint-store", result.Output);
        Assert.NotEmpty(folder.Engines("app", "obj", "checkpoint-store"));
        Assert.Single(folder.Engines("app", "bin"));
    }

    private static void Verified(StrangerFolder folder)
    {
        folder.WriteProject("app", Scene.Eight);
        folder.Run("build", "app").Succeeded();
        string before = folder.EngineIn("app", "bin");
        string weights = Path.Combine(folder.Checkpoint, "model.safetensors");
        DateTime time = File.GetLastWriteTimeUtc(weights);
        folder.ChangeWeight();
        File.SetLastWriteTimeUtc(weights, time);
        folder.Run("build", "app", "--no-restore", "-p:CheckpointBuildVerify=true").Succeeded();
        Assert.NotEqual(before, folder.EngineIn("app", "bin"));
    }

    private static void Upkeep(StrangerFolder folder)
    {
        folder.WriteProject("app", Scene.Eight);
        folder.Run("build", "app").Succeeded();
        string eight = folder.EngineIn("app", "bin");
        folder.WriteProject("app", Scene.Sixteen);
        folder.Run("build", "app", "--no-restore").Succeeded();
        Assert.Contains("2 products", folder.Ckpt("store", "list", "--store", folder.Store).Succeeded().Output);
        Assert.Contains("2 products are sound", folder.Ckpt("store", "verify", "--store", folder.Store).Succeeded().Output);

        // Nothing that was wanted a moment ago is removed; an hour later it is.
        Assert.Contains("0 products removed", folder.Ckpt("store", "gc", "--max-size", "1", "--store", folder.Store).Succeeded().Output);
        string[] uses = Directory.GetFiles(folder.Below("store", "v1", "uses"));
        foreach (string use in uses)
        {
            File.SetLastWriteTimeUtc(use, DateTime.UtcNow.AddHours(-1));
        }

        folder.WriteProject("app", Scene.Eight);
        folder.Run("build", "app", "--no-restore").Succeeded();
        Assert.Contains("1 product removed", folder.Ckpt("store", "gc", "--max-size", "1", "--store", folder.Store).Succeeded().Output);
        Assert.Equal(eight, folder.EngineIn("store"));

        File.WriteAllText(folder.InStore(), "damaged");
        Assert.Equal(["CKPT7082"], folder.Ckpt("store", "verify", "--store", folder.Store).Refused().Codes);
        Assert.Contains("1 product removed", folder.Ckpt("store", "gc", "--damaged", "--store", folder.Store).Succeeded().Output);
        folder.Run("build", "app", "--no-restore").Succeeded();
        Assert.Equal(eight, folder.EngineIn("app", "bin"));
    }

    private static void Planned(StrangerFolder folder)
    {
        folder.WriteProject("app", Scene.Eight);
        folder.Host("host", "app");
        folder.Write("All.slnx", """<Solution><Project Path="app/app.csproj" /><Project Path="host/host.csproj" /></Solution>""");
        string before = folder.Ckpt("plan", "All.slnx", "--print-keys").Succeeded().Output.Trim();
        Assert.Equal(64, before.Length);
        Assert.Contains("to be built", folder.Ckpt("plan", "app").Succeeded().Output);
        Assert.Empty(folder.Engines(""));
        folder.Run("build", "app").Succeeded();
        Assert.Equal(before, folder.Ckpt("plan", "app/app.csproj", "--print-keys").Succeeded().Output.Trim());
        Assert.Contains("in the store", folder.Ckpt("plan", "app").Succeeded().Output);
        Assert.True(Directory.Exists(folder.Below("store", "v1", before)));
        Assert.Equal(["CKPT7080"], folder.Ckpt("plan", "nowhere").Refused().Codes);
    }
}

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CheckpointBuild.Package.Tests.Package;
using Xunit;

namespace CheckpointBuild.Package.Tests.Situations;

/// <summary>What stands around a build: package policies, solution filters, artifact folders, languages.</summary>
internal static class RestoreSituations
{
    private static readonly string[] Locales = ["de_DE", "fi_FI", "sv_SE", "tr_TR", "ar_SA", "fa_IR", "hi_IN"];

    internal static readonly IReadOnlyList<Situation> All =
    [
        new("central versions, locked mode, source mapping, then no source at all", "one direct package, no other; the lock file stays; no warning", Policies),
        new("a solution filter and one folder for all artifacts", "only what the filter names is built; nothing appears beside the sources", Filter),
        new("nine languages of the user", "the same bytes, built and published", Languages),
    ];

    private static void Policies(StrangerFolder folder)
    {
        string feed = File.ReadAllText(folder.Below("nuget.config"));
        string source = feed.Split("value=\"")[1].Split('"')[0];
        Directory.CreateDirectory(folder.Below("empty"));
        folder.Write("nuget.config", $"""
            <configuration>
              <packageSources><clear /><add key="feed" value="{source}" /><add key="other" value="{folder.Below("empty")}" /></packageSources>
              <packageSourceMapping>
                <packageSource key="feed"><package pattern="CheckpointBuild.*" /></packageSource>
                <packageSource key="other"><package pattern="*" /></packageSource>
              </packageSourceMapping>
            </configuration>
            """);
        folder.Write("Directory.Packages.props", $"""
            <Project>
              <PropertyGroup><ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally></PropertyGroup>
              <ItemGroup><PackageVersion Include="CheckpointBuild.Tasks" Version="{folder.Version}" /></ItemGroup>
            </Project>
            """);
        folder.WriteProject("app", Scene.Sixteen, extra: "<PropertyGroup><RestorePackagesWithLockFile>true</RestorePackagesWithLockFile></PropertyGroup>");
        string project = folder.Below("app", "app.csproj");
        File.WriteAllText(project, File.ReadAllText(project).Replace($"Version=\"{folder.Version}\" ", "", StringComparison.Ordinal));
        folder.Run("restore", "app", "-warnaserror").Succeeded();
        string locked = File.ReadAllText(folder.Below("app", "packages.lock.json"));
        Assert.Equal(1, locked.Split("\"Direct\"").Length - 1);
        Assert.DoesNotContain("Transitive", locked);

        folder.Forget("app");
        folder.Run("restore", "app", "--locked-mode", "-warnaserror").Succeeded();
        folder.Run("build", "app", "--no-restore", "-warnaserror").Succeeded();
        Assert.Equal(locked, File.ReadAllText(folder.Below("app", "packages.lock.json")));

        folder.Write("nuget.config", "<configuration><packageSources><clear /></packageSources></configuration>");
        folder.Forget("app");
        folder.Run("restore", "app", "--locked-mode", "-warnaserror").Succeeded();
        folder.Run("build", "app", "--no-restore", "-warnaserror").Succeeded();
        Assert.Single(folder.Engines("app", "bin"));
    }

    private static void Filter(StrangerFolder folder)
    {
        folder.Lib("parts", Scene.Sixteen);
        folder.Host("host", "parts");
        folder.Lib("unrelated", Scene.Eight + """EngineName="unrelated" """);
        folder.Write("All.slnx", """<Solution><Project Path="parts/parts.csproj" /><Project Path="host/host.csproj" /><Project Path="unrelated/unrelated.csproj" /></Solution>""");
        folder.Write("App.slnf", """{ "solution": { "path": "All.slnx", "projects": [ "host\\host.csproj" ] } }""");
        string[] before = Sources();
        string art = folder.Below("art");
        folder.Run("build", "App.slnf", "--artifacts-path", art).Succeeded();
        string right = folder.EngineIn("art", "bin", "host");
        Assert.Single(folder.Engines("store"));
        Assert.Equal(before, Sources());

        folder.Run("build", "All.slnx", "--artifacts-path", art, "-m:4").Succeeded();
        Assert.Equal(right, folder.EngineIn("art", "bin", "host"));
        Assert.Single(folder.Engines("art", "bin", "unrelated"));
        folder.Run("publish", "host", "--artifacts-path", art, "--no-build", "-c", "Debug").Succeeded();
        Assert.Equal(right, folder.EngineIn("art", "publish", "host"));
        Assert.Equal(before, Sources());

        string[] Sources() => [.. new[] { "parts", "host", "unrelated", "models" }.SelectMany(f => Directory.GetFiles(folder.Below(f), "*", SearchOption.AllDirectories)).Order(StringComparer.Ordinal)];
    }

    private static void Languages(StrangerFolder folder)
    {
        folder.WriteProject("app", Scene.Sixteen);
        folder.Run("build", "app").Succeeded();
        string right = folder.EngineIn("app", "bin");
        foreach (string locale in Locales.Select(l => l + ".UTF-8").Append("C").Append("invariant"))
        {
            _ = locale == "invariant" ? folder.DotNet.With("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1") : folder.DotNet.With("LC_ALL", locale).With("LANG", locale);
            Directory.Delete(folder.Store, recursive: true);
            folder.Forget("app");
            folder.Run("build", "app").Succeeded();
            Assert.Equal(right, folder.EngineIn("app", "bin"));
            folder.Run("publish", "app", "--no-build", "-c", "Debug", "-o", folder.Below("published", locale)).Succeeded();
            Assert.Equal(right, folder.EngineIn("published", locale));
        }
    }
}

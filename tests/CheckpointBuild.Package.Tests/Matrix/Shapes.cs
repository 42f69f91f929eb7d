using System;
using System.Collections.Generic;
using System.IO;

namespace CheckpointBuild.Package.Tests.Matrix;

/// <summary>The rows of the matrix.</summary>
public static class Shapes
{
    // 200 letters and more together with the folder that tests lie in.
    private static readonly string Long = string.Join('/', new string('a', 70), new string('b', 70), new string('c', 70));

    /// <summary>Every row.</summary>
    public static IReadOnlyList<Shape> All { get; } =
    [
        new("console", s => s.Application("app", s.Item())) { IsFast = true },
        new("library and app", LibraryAndApplication) { IsFast = true, Outputs = ["app/bin/Debug/net10.0", "parts/bin/Debug/net10.0"] },
        new("two hops and a test project", TwoHops) { Build = "All.slnx", Outputs = ["app/bin/Debug/net10.0", "check/bin/Debug/net10.0", "parts/bin/Debug/net10.0"] },
        new("web", s => s.Application("app", s.Item("models/doc-llama"), "Microsoft.NET.Sdk.Web")) { Checkpoint = "app/models/doc-llama", Prepare = MoveInside },
        new("worker", Worker) { Checkpoint = "app/models/doc-llama", Prepare = MoveInside, Program = null },
        new("class library", s => s.Library("app", s.Item())) { Program = null },
        new("F#", FSharp) { Editor = "app/app.fsproj" },
        new("several engines of one checkpoint", Several),
        new("two target frameworks", TwoFrameworks)
        {
            Outputs = ["app/bin/Debug/net10.0", "app/bin/Debug/netstandard2.0"], Program = null, PublishArguments = ["-f", "net10.0"], Editor = null,
        },
        new("runtime identifier", s => s.Application("app", s.Item() + Properties("<RuntimeIdentifier>linux-x64</RuntimeIdentifier><SelfContained>false</SelfContained>")))
        {
            Outputs = ["app/bin/Debug/net10.0/linux-x64"], Program = "app/bin/Debug/net10.0/linux-x64/app.dll",
        },
        new("single file", s => s.Application("app", s.Item() + Properties(
            "<RuntimeIdentifier>linux-x64</RuntimeIdentifier><SelfContained>false</SelfContained><PublishSingleFile>true</PublishSingleFile><IncludeAllContentForSelfExtract>true</IncludeAllContentForSelfExtract>")))
        {
            Outputs = ["app/bin/Debug/net10.0/linux-x64"], Program = "app/bin/Debug/net10.0/linux-x64/app.dll",
        },
        new("artifacts layout", s => s.Application("app", s.Item()))
        {
            Prepare = s => s.Folder.Write("Directory.Build.props", "<Project><PropertyGroup><UseArtifactsOutput>true</UseArtifactsOutput></PropertyGroup></Project>"),
            Outputs = ["artifacts/bin/app/debug"], Program = "artifacts/bin/app/debug/app.dll",
        },
        new("solution, four nodes", Solution) { Build = "All.slnx", Arguments = ["-m:4"], Outputs = ["app/bin/Debug/net10.0", "twin/bin/Debug/net10.0"] },
        new("graph build", Solution) { Build = "All.slnx", Arguments = ["-m:2", "-graph"], Outputs = ["app/bin/Debug/net10.0", "twin/bin/Debug/net10.0"] },
        new("multithreaded build", Solution) { Build = "All.slnx", Arguments = ["-m:2", "-mt"], Outputs = ["app/bin/Debug/net10.0", "twin/bin/Debug/net10.0"] },
        new("models alone (NoTargets)", ModelsAlone) { Outputs = ["app/bin/Debug/net10.0"] },
        new("central package versions", CentralVersions),
        new("spaces, & and @ in paths", s => s.Application("app", s.Item())) { Below = "a folder & more @home (1)" },
        new("letters of the world in paths", s => s.Application("app", s.Item("../models/модель-模型-é"))) { Below = "dépôt", Prepare = s => Rename(s, "модель-模型-é"), Checkpoint = "models/модель-模型-é", Engine = "models/модель-模型-é/модель-模型-é.gguf" },
        new("% in the checkpoint's name", s => s.Application("app", s.Item("../models/q%2541 100%25"))) { Prepare = s => Rename(s, "q%41 100%"), Checkpoint = "models/q%41 100%", Engine = "models/q%41 100%/q%41 100%.gguf" },
        new("long paths", s => s.Application("app", s.Item())) { Below = Long },
        new("one file as checkpoint", s => s.Application("app", s.Item("../models/doc-llama/model.safetensors"))) { Engine = "models/model/model.gguf", CheckpointName = "model" },
        new("a pattern of folders", s => s.Application("app", s.Item("../models/*/config.json"))),
        new("links of the Hub's cache", s => s.Application("app", s.Item())) { Prepare = LinkFiles },
        new("a linked project", s => s.Application("app", s.Item())) { Prepare = LinkProject, Build = "link" },
        new("store on another volume", s => s.Application("app", s.Item())) { Prepare = OtherVolume },
        new("hard links", s => s.Application("app", s.Item() + Properties("<CheckpointBuildLinkMode>HardLink</CheckpointBuildLinkMode>"))),
        new("release configuration", s => s.Application("app", s.Item()))
        {
            Arguments = ["-c", "Release"], Outputs = ["app/bin/Release/net10.0"], Program = "app/bin/Release/net10.0/app.dll", PublishArguments = ["-c", "Release"],
        },
    ];

    private static string Properties(string properties) => $"<PropertyGroup>{properties}</PropertyGroup>";

    private static void LibraryAndApplication(Site site)
    {
        site.Library("parts", site.Item());
        site.Application("app", """<ItemGroup><ProjectReference Include="../parts/parts.csproj" /></ItemGroup>""");
    }

    private static void TwoHops(Site site)
    {
        site.Library("parts", site.Item());
        site.Library("middle", """<ItemGroup><ProjectReference Include="../parts/parts.csproj" /></ItemGroup>""");
        site.Application("app", """<ItemGroup><ProjectReference Include="../middle/middle.csproj" /></ItemGroup>""");
        site.Library("check", """<ItemGroup><ProjectReference Include="../app/app.csproj" /></ItemGroup>""");
        site.Folder.Write("All.slnx", """
            <Solution><Project Path="parts/parts.csproj" /><Project Path="middle/middle.csproj" /><Project Path="app/app.csproj" /><Project Path="check/check.csproj" /></Solution>
            """);
    }

    private static void Worker(Site site)
    {
        site.Application("app", site.Item("models/doc-llama"), "Microsoft.NET.Sdk.Worker");
    }

    private static void FSharp(Site site)
    {
        site.Folder.Write("app/app.fsproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework></PropertyGroup>
              <ItemGroup><Compile Include="Program.fs" /></ItemGroup>
              {site.Item()}
            </Project>
            """);
        site.WriteOnce("app/Program.fs", """
            let engine = System.IO.Path.Combine(System.AppContext.BaseDirectory, "models", "doc-llama", "doc-llama.gguf")
            printfn "%s" (if System.IO.File.Exists engine then "the engine is here" else "no engine")
            """);
    }

    private static void Several(Site site) => site.Application("app", site.Item() + """
        <ItemGroup>
          <ModelCheckpoint Include="../models/doc-llama" Engine="gguf" Quantization="q8_0" EngineName="small" />
          <ModelCheckpoint Include="../models/doc-llama" Engine="gguf" DType="f32" EngineName="large" OutputSubdirectory="other" />
        </ItemGroup>
        """);

    private static void TwoFrameworks(Site site) =>
        site.Library("app", site.Item() + Properties("<TargetFramework /><TargetFrameworks>net10.0;netstandard2.0</TargetFrameworks>"));

    private static void Solution(Site site)
    {
        site.Application("app", site.Item());
        site.Library("twin", site.Item());
        site.Folder.Write("All.slnx", """<Solution><Project Path="app/app.csproj" /><Project Path="twin/twin.csproj" /></Solution>""");
    }

    private static void ModelsAlone(Site site)
    {
        site.Project("engines", site.Item(), "Microsoft.Build.NoTargets/3.7.0");
        site.Application("app", """<ItemGroup><ProjectReference Include="../engines/engines.csproj" ReferenceOutputAssembly="false" /></ItemGroup>""");
    }

    private static void CentralVersions(Site site)
    {
        site.Folder.Write("Directory.Packages.props", $"""
            <Project>
              <PropertyGroup><ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally></PropertyGroup>
              <ItemGroup><PackageVersion Include="CheckpointBuild.Tasks" Version="{site.Folder.Version}" /></ItemGroup>
            </Project>
            """);
        site.Application("app", site.Item().Replace($"""Version="{site.Folder.Version}" """, "", StringComparison.Ordinal));
    }

    private static void MoveInside(Site site)
    {
        Directory.CreateDirectory(site.Folder.Below("app"));
        Directory.Move(site.Folder.Below("models"), site.Folder.Below("app", "models"));
    }

    private static void Rename(Site site, string name) => Directory.Move(site.Folder.Checkpoint, site.Folder.Below("models", name));

    // A snapshot of the Hub's cache: every file is a link to a blob.
    private static void LinkFiles(Site site)
    {
        string blobs = site.Folder.Below("blobs");
        Directory.CreateDirectory(blobs);
        foreach (string file in Directory.GetFiles(site.Folder.Checkpoint))
        {
            string blob = Path.Combine(blobs, Path.GetFileName(file) + ".blob");
            File.Move(file, blob);
            File.CreateSymbolicLink(file, blob);
        }
    }

    private static void LinkProject(Site site)
    {
        Directory.CreateDirectory(site.Folder.Below("app"));
        Directory.CreateSymbolicLink(site.Folder.Below("link"), site.Folder.Below("app"));
    }

    // Memory is a volume of its own where the system has one; elsewhere the row is as the first.
    private static void OtherVolume(Site site)
    {
        if (Directory.Exists("/dev/shm"))
        {
            Directory.CreateSymbolicLink(site.Folder.Store, Directory.CreateDirectory(Path.Combine("/dev/shm", Path.GetFileName(site.Folder.Root))).FullName);
        }
    }
}

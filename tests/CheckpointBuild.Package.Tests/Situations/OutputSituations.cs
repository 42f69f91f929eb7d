using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CheckpointBuild.Package.Tests.Package;
using Xunit;

namespace CheckpointBuild.Package.Tests.Situations;

/// <summary>What lies in the output when engines are renamed, removed, shared, in use, or of one name.</summary>
internal static class OutputSituations
{
    internal static readonly IReadOnlyList<Situation> All =
    [
        new("an engine is renamed, its item removed, put back, and the package removed too", "the output holds what the project asks for now; clean needs no checkpoint and spares the store", Renamed),
        new("all projects of a solution build into one folder, four at once", "both engines stay whole, also when a project without models is built alone", OneFolder),
        new("two referenced projects bring engines of one name", "equal ones meet as one file; different ones are named by code", OneName) { IsFast = true },
        new("two items of one project have one name", "refused, and both are named", TwoItems),
        new("the engine is open, or locked, while it is replaced", "its reader keeps its bytes, the output gets the new ones", InUse),
        new("a branch is switched to and fro", "each branch's engine lies in the output after each build", Branches),
        new("a content item publishes the checkpoint itself", "a warning names the file", RawPublished),
        new("the publishing job has neither store nor checkpoint", "what the building job left is published", PublishJob),
        new("the application is published with its runtime, as one file, as one that unpacks itself, and as native code", "the engine lies beside the program, never in it, and the program finds it", Shipped),
        new("the application is one file of C#, and its model changes", "the next run has the new engine", OneSourceFile),
        new("the store lies in a web project's folder", "the engine is published once, the store is not", StoreInside),
        new("one engine for each configuration", "each configuration's output holds its own", Configurations),
    ];

    private static void Renamed(StrangerFolder folder)
    {
        string?[] Build(string? item)
        {
            folder.WriteProject("app", item);
            folder.Run("build", "app").Succeeded();
            return [.. folder.Engines("app", "bin").Select(Path.GetFileName)];
        }

        Assert.Equal(["first.gguf"], Build(Scene.Sixteen + """EngineName="first" """));
        Assert.Equal(["second.gguf"], Build(Scene.Sixteen + """EngineName="second" """));
        Assert.Empty(Build(null));
        Assert.Equal(["doc-llama.gguf"], Build(Scene.Sixteen));
        folder.Host("app");
        folder.Run("build", "app").Succeeded();
        Assert.Empty(folder.Engines("app", "bin"));
        Assert.Single(Build(Scene.Sixteen));
        Directory.Delete(folder.Checkpoint, recursive: true);
        folder.Run("clean", "app").Succeeded();
        Assert.Empty(folder.Engines("app"));
        Assert.NotEmpty(folder.Engines("store"));
    }

    private static void OneFolder(StrangerFolder folder)
    {
        folder.Write("Directory.Build.props", $"""
            <Project><PropertyGroup><OutputPath>{folder.Below("out")}/</OutputPath><AppendTargetFrameworkToOutputPath>false</AppendTargetFrameworkToOutputPath></PropertyGroup></Project>
            """);
        folder.Lib("kept", Scene.Sixteen);
        folder.Lib("twin", Scene.Sixteen);
        folder.Lib("other", Scene.Eight + """EngineName="other" """);
        folder.Lib("plain", null);
        folder.Write("All.slnx", "<Solution>" + string.Concat(new[] { "kept", "twin", "other", "plain" }.Select(p => $"""<Project Path="{p}/{p}.csproj" />""")) + "</Solution>");
        folder.Run("build", "All.slnx", "-m:4").Succeeded();
        string[] before = Hashes();
        Assert.Equal(2, before.Length);
        Directory.Delete(folder.Below("out"), recursive: true);
        folder.Run("build", "All.slnx", "--no-restore", "-m:4").Succeeded();
        Assert.Equal(before, Hashes());
        File.AppendAllText(folder.Below("plain", "Program.cs"), "// edited");
        folder.Run("build", "plain", "--no-restore").Succeeded();
        Assert.Equal(before, Hashes());

        string[] Hashes() => [.. folder.Engines("out").Order(StringComparer.Ordinal).Select(StrangerFolder.Sha256)];
    }

    private static void OneName(StrangerFolder folder)
    {
        folder.Lib("chat", Scene.Eight);
        folder.Lib("search", Scene.Eight);
        folder.Host("host", "chat", "search");
        folder.Run("build", "host").Succeeded();
        folder.Run("publish", "host", "-c", "Debug", "--no-build", "-o", folder.Below("published")).Succeeded();
        Assert.Single(folder.Engines("host", "bin"));
        Assert.Single(folder.Engines("published"));

        folder.Lib("search", Scene.Sixteen);
        CommandResult published = folder.Run("publish", "host", "-c", "Debug", "-o", folder.Below("published2"));
        Assert.Contains(published.Output.Split('\n'), l => l.Contains("NETSDK1152", StringComparison.Ordinal) && l.Contains("doc-llama", StringComparison.Ordinal));
        folder.WriteProject("host", null, extra: """<ItemGroup><ProjectReference Include="../chat/chat.csproj" /><ProjectReference Include="../search/search.csproj" /></ItemGroup>""");
        CommandResult built = folder.Run("build", "host");
        Assert.Contains(built.Output.Split('\n'), l => l.Contains("CKPT7132", StringComparison.Ordinal) && l.Contains("doc-llama", StringComparison.Ordinal));
    }

    private static void TwoItems(StrangerFolder folder)
    {
        RepositoryPaths.CopyFolder(folder.Checkpoint, folder.Below("other", "doc-llama"));
        folder.WriteProject("app", Scene.Eight, extra: """<ItemGroup><ModelCheckpoint Include="../other/doc-llama" Engine="gguf" Quantization="q8_0" /></ItemGroup>""");
        CommandResult result = folder.Run("build", "app").Refused();
        Assert.Equal(["CKPT7103"], result.Codes);
        Assert.Contains("../models/doc-llama", result.Output);
        Assert.Contains("../other/doc-llama", result.Output);
    }

    private static void InUse(StrangerFolder folder)
    {
        folder.WriteProject("app", Scene.Sixteen);
        folder.Run("build", "app").Succeeded();
        string engine = folder.Engine("app");
        string sixteen = StrangerFolder.Sha256(engine);
        string eight;
        using (FileStream reader = new(engine, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
        {
            folder.WriteProject("app", Scene.Eight);
            folder.Run("build", "app", "--no-restore").Succeeded();
            eight = StrangerFolder.Sha256(engine);
            Assert.NotEqual(sixteen, eight);
            Assert.Equal(sixteen, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(reader)));
        }

        folder.WriteProject("app", Scene.Sixteen);
        using (FileStream locked = new(engine, FileMode.Open, FileAccess.Read, FileShare.None))
        {
            CommandResult result = folder.Run("build", "app", "--no-restore");
            if (result.ExitCode != 0)
            {
                Assert.Contains(Path.GetFileName(engine), result.Refused().Output);
            }
        }

        folder.Run("build", "app", "--no-restore").Succeeded();
        Assert.Equal(sixteen, StrangerFolder.Sha256(engine));
    }

    private static void Branches(StrangerFolder folder)
    {
        void Checkout(string item)
        {
            folder.WriteProject("app", item);
            folder.ChangeWeight();
        }

        var hashes = new List<string>();
        folder.WriteProject("app", Scene.Eight);
        folder.Run("build", "app").Succeeded();
        hashes.Add(folder.EngineIn("app", "bin"));
        for (int i = 0; i < 4; i++)
        {
            Checkout(i % 2 == 0 ? Scene.Sixteen : Scene.Eight);
            folder.Run("build", "app", "--no-restore").Succeeded();
            hashes.Add(folder.EngineIn("app", "bin"));
        }

        Assert.Equal([hashes[0], hashes[1], hashes[0], hashes[1], hashes[0]], hashes);
        Assert.NotEqual(hashes[0], hashes[1]);
    }

    private static void RawPublished(StrangerFolder folder)
    {
        folder.WriteProject("app", Scene.Eight, extra: """
            <Target Name="Add" BeforeTargets="AssignTargetPaths">
              <ItemGroup><Content Include="../models/doc-llama/**" LinkBase="raw" CopyToPublishDirectory="Always" /></ItemGroup>
            </Target>
            """);
        CommandResult result = folder.Run("publish", "app", "-o", folder.Below("published")).Succeeded();
        Assert.Equal(["CKPT7133"], result.Codes);
    }

    private static void PublishJob(StrangerFolder folder)
    {
        folder.Lib("parts", Scene.Sixteen);
        folder.Host("host", "parts");
        folder.Run("build", "host", "-c", "Release").Succeeded();
        string right = folder.EngineIn("host", "bin");
        Directory.Move(folder.Store, folder.Store + "-of-the-other-job");
        Directory.Delete(folder.Below("models"), recursive: true);
        CommandResult result = folder.Run("publish", "host", "-c", "Release", "--no-build", "-o", folder.Below("published"));
        if (result.ExitCode == 0)
        {
            Assert.Equal(right, folder.EngineIn("published"));
        }
        else
        {
            result.Refused();
        }
    }

    private static void Configurations(StrangerFolder folder)
    {
        folder.WriteProject("app", null, extra: """
            <ItemGroup>
              <ModelCheckpoint Include="../models/doc-llama" Engine="gguf" Quantization="q8_0" Condition="'$(Configuration)' == 'Release'" />
              <ModelCheckpoint Include="../models/doc-llama" Engine="gguf" DType="f16" Condition="'$(Configuration)' != 'Release'" />
            </ItemGroup>
            """);
        folder.Run("build", "app").Succeeded();
        folder.Run("build", "app", "-c", "Release").Succeeded();
        Assert.NotEqual(folder.EngineIn("app", "bin", "Debug"), folder.EngineIn("app", "bin", "Release"));
    }

    private static void OneSourceFile(StrangerFolder folder)
    {
        folder.Write("Directory.Build.props", """<Project><ItemGroup><ModelCheckpoint Include="models/doc-llama" Engine="gguf" Quantization="q8_0" /></ItemGroup></Project>""");
        folder.Write("app.cs", $$"""
            #:package CheckpointBuild.Tasks@{{folder.Version}}
            #:property PublishAot=false
            using var file = System.IO.File.OpenRead(System.IO.Directory.GetFiles(ModelEngines.DocLlama.Path)[0]);
            System.Console.WriteLine("hash: " + System.Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(file)));
            """);
        string[] hashes = [Hash(), Hash(), ""];
        folder.ChangeWeight();
        hashes[2] = Hash();
        Assert.Equal(hashes[0], hashes[1]);
        Assert.NotEqual(hashes[0], hashes[2]);

        string Hash() => folder.Run("run", "app.cs").Succeeded().Output.Split('\n').Single(line => line.StartsWith("hash: ", System.StringComparison.Ordinal));
    }

    private static void StoreInside(StrangerFolder folder)
    {
        folder.WriteProject("web", Scene.Eight, "Microsoft.NET.Sdk.Web", "<PropertyGroup><CheckpointBuildStoreRoot>store</CheckpointBuildStoreRoot></PropertyGroup>");
        folder.Run("build", "web").Succeeded();
        folder.Run("publish", "web", "-c", "Debug", "-o", folder.Below("published")).Succeeded();
        Assert.Single(folder.Engines("published"));
        Assert.False(Directory.Exists(folder.Below("published", "store")));
    }

    // The runtime's own packages and a linker are not on every machine; what cannot be published is not asked.
    private static void Shipped(StrangerFolder folder)
    {
        string? linker = new[] { "clang", "gcc" }.FirstOrDefault(name => (System.Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(p => File.Exists(Path.Combine(p, name))));
        string target = $"<RuntimeIdentifier>{System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier}</RuntimeIdentifier>";
        foreach ((string name, string how) in new[]
        {
            ("whole", "<SelfContained>true</SelfContained>"),
            ("single", "<SelfContained>true</SelfContained><PublishSingleFile>true</PublishSingleFile>"),
            ("unpacked", "<SelfContained>true</SelfContained><PublishSingleFile>true</PublishSingleFile><IncludeAllContentForSelfExtract>true</IncludeAllContentForSelfExtract>"),
            ("native", $"<PublishAot>true</PublishAot><InvariantGlobalization>true</InvariantGlobalization><CppCompilerAndLinker>{linker}</CppCompilerAndLinker>"),
        })
        {
            folder.Write($"{name}/Program.cs", """System.Console.WriteLine("bytes: " + new System.IO.FileInfo(System.IO.Directory.GetFiles(ModelEngines.DocLlama.Path)[0]).Length);""");
            folder.WriteProject(name, Scene.Eight, extra: $"<PropertyGroup>{target}{how}</PropertyGroup>");
            if ((name == "native" && linker is null) || folder.Run("restore", name).ExitCode != 0)
            {
                continue;
            }

            folder.Run("publish", name, "--no-restore", "-o", folder.Below("published", name)).Succeeded();
            long bytes = new FileInfo(Assert.Single(folder.Engines("published", name))).Length;
            Assert.Contains($"bytes: {bytes}", folder.DotNet.RunAs([folder.Below("published", name, name)], folder.Root).Succeeded().Output);
            Assert.True(new FileInfo(folder.Below("published", name, name)).Length < bytes || name != "native");
        }
    }
}

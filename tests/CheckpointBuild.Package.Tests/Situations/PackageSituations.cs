using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using CheckpointBuild.Package.Tests.Package;
using Xunit;

namespace CheckpointBuild.Package.Tests.Situations;

/// <summary>Packages that carry engines.</summary>
internal static class PackageSituations
{
    internal static readonly IReadOnlyList<Situation> All =
    [
        new("a package carries an engine to its user and its user's user", "both have the engine in their output and publish it; it lies in the package once", Carried) { IsFast = true },
        new("a library for two frameworks packs an engine below a path of its own", "one copy, where `PackagePath` says", TwoFrameworks),
        new("a package is larger than public feeds take", "a warning says so, and only then", TooLarge),
        new("engines that are not to be packed", "the package holds none of them, nor the checkpoint", NotPacked),
    ];

    private static void Carried(StrangerFolder folder)
    {
        folder.Lib("parts", Scene.Eight + """Pack="true" """, "<PropertyGroup><PackageId>Contoso.Parts</PackageId></PropertyGroup>");
        folder.Run("pack", "parts", "-o", folder.Below("made")).Succeeded();
        string right = folder.EngineIn("parts", "bin");
        Assert.Equal(["buildTransitive/Contoso.Parts.targets", "models/doc-llama/doc-llama.gguf"], Entries(folder).Where(e => e.StartsWith("models/", StringComparison.Ordinal) || e.StartsWith("buildTransitive/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

        AddSource(folder);
        folder.Host("middle");
        folder.Write("middle/middle.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
              <ItemGroup><PackageReference Include="Contoso.Parts" Version="1.0.0" /></ItemGroup>
            </Project>
            """);
        folder.Write("middle/Program.cs", "namespace Parts { public class OfMiddle { } }");
        folder.Host("host", "middle");
        folder.Run("publish", "host", "-c", "Debug", "-o", folder.Below("published")).Succeeded();
        Assert.Equal(right, folder.EngineIn("middle", "bin"));
        Assert.Equal(right, folder.EngineIn("host", "bin"));
        Assert.Equal(right, folder.EngineIn("published"));
    }

    private static void TwoFrameworks(StrangerFolder folder)
    {
        folder.Lib("parts", Scene.Eight + """Pack="true" PackagePath="engines\small" """, "<PropertyGroup><TargetFramework /><TargetFrameworks>net10.0;netstandard2.0</TargetFrameworks></PropertyGroup>");
        CommandResult packed = folder.Run("pack", "parts", "-o", folder.Below("made"), "-warnaserror").Succeeded();
        Assert.Empty(packed.Codes);
        Assert.Equal(["engines/small/doc-llama.gguf"], Entries(folder).Where(e => e.EndsWith(".gguf", StringComparison.Ordinal)));
    }

    private static void TooLarge(StrangerFolder folder)
    {
        folder.Lib("parts", Scene.Eight + """Pack="true" """);
        Assert.Empty(folder.Run("pack", "parts", "-o", folder.Below("made")).Succeeded().Codes);
        Assert.Equal(["CKPT7134"], folder.Run("pack", "parts", "-o", folder.Below("made"), "-p:_CheckpointBuildPackageLimit=1000000").Succeeded().Codes);
    }

    private static void NotPacked(StrangerFolder folder)
    {
        folder.Lib("parts", null, """<ItemGroup><ModelCheckpoint Include="models/doc-llama" Engine="gguf" Quantization="q8_0" /></ItemGroup>""");
        Directory.Move(folder.Below("models"), folder.Below("parts", "models"));
        folder.Run("pack", "parts", "-o", folder.Below("made")).Succeeded();
        Assert.DoesNotContain(Entries(folder), e => e.Contains("doc-llama", StringComparison.Ordinal) || e.Contains("config.json", StringComparison.Ordinal));
    }

    private static string[] Entries(StrangerFolder folder)
    {
        using ZipArchive package = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(folder.Below("made"), "*.nupkg")));
        return [.. package.Entries.Select(e => e.FullName)];
    }

    private static void AddSource(StrangerFolder folder)
    {
        string config = folder.Below("nuget.config");
        File.WriteAllText(config, File.ReadAllText(config).Replace("</packageSources>", $"""<add key="made" value="{folder.Below("made")}" /></packageSources>""", StringComparison.Ordinal));
        folder.DotNet.With("NUGET_PACKAGES", folder.Below("packages"));
    }
}

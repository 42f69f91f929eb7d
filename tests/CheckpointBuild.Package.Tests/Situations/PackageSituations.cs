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
        new("two frameworks pack engines of their own, then different ones for one place", "the package holds both; then refused, and both are named", Frameworks),
        new("a package is made by each build, and then by packing alone", "it holds the engine; a stale one is warned of, a missing one refused", MadeByBuild),
        new("a package brings targets of its author's too", "its user gets both; where NuGet would take one, it is refused, and the import to write is said", OwnTargets),
        new("a tool's package", "it holds the engine once, where the tool finds it", Tool),
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

    private static void Frameworks(StrangerFolder folder)
    {
        const string Two = """
            <PropertyGroup><TargetFramework /><TargetFrameworks>netstandard2.0;net10.0</TargetFrameworks></PropertyGroup>
            <ItemGroup><ModelCheckpoint Include="../models/doc-llama" Condition="'$(TargetFramework)' == 'net10.0'" Engine="gguf" Quantization="q4_0" EngineName="{0}" Pack="true" /></ItemGroup>
            """;
        folder.Lib("parts", null, Two.Replace("{0}", "small", StringComparison.Ordinal) + """<ItemGroup Condition="'$(TargetFramework)' != 'net10.0'"><ModelCheckpoint Include="../models/doc-llama" Engine="gguf" Quantization="q8_0" Pack="true" /></ItemGroup>""");
        folder.Run("pack", "parts", "-o", folder.Below("made"), "-warnaserror").Succeeded();
        Assert.Equal(["models/doc-llama/doc-llama.gguf", "models/small/small.gguf"], Entries(folder).Where(e => e.EndsWith(".gguf", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

        folder.Lib("parts", null, Two.Replace("{0}", "doc-llama", StringComparison.Ordinal) + """<ItemGroup Condition="'$(TargetFramework)' != 'net10.0'"><ModelCheckpoint Include="../models/doc-llama" Engine="gguf" Quantization="q8_0" Pack="true" /></ItemGroup>""");
        Assert.Equal(["CKPT7135"], folder.Run("pack", "parts", "-o", folder.Below("made")).Refused().Codes);
    }

    private static void MadeByBuild(StrangerFolder folder)
    {
        folder.Lib("parts", Scene.Eight + """Pack="true" """, "<PropertyGroup><GeneratePackageOnBuild>true</GeneratePackageOnBuild></PropertyGroup>");
        Assert.Empty(folder.Run("build", "parts", "-c", "Release", "-p:PackageOutputPath=" + folder.Below("made")).Succeeded().Codes);
        Assert.Contains("models/doc-llama/doc-llama.gguf", Entries(folder));

        folder.ChangeWeight();
        Assert.Equal(["CKPT7130"], folder.Run("pack", "parts", "-o", folder.Below("made")).Succeeded().Codes);
        Directory.Delete(folder.Below("parts", "obj", "Release", "net10.0", "ckpt"), recursive: true);
        Assert.Equal(["CKPT7131"], folder.Run("pack", "parts", "-o", folder.Below("made")).Refused().Codes);
    }

    private static void OwnTargets(StrangerFolder folder)
    {
        const string Own = """<Project><Target Name="Own" AfterTargets="Build"><Message Importance="high" Text="the author's $(OwnProperty)" /></Target></Project>""";
        string pack = """<PropertyGroup><PackageId>Contoso.Parts</PackageId></PropertyGroup><ItemGroup><None Include="*.targets;*.props" Pack="true" PackagePath="{0}" /></ItemGroup>""";
        folder.Write("parts/Contoso.Parts.targets", Own);
        folder.Write("parts/Contoso.Parts.props", "<Project><PropertyGroup><OwnProperty>property</OwnProperty></PropertyGroup></Project>");
        folder.Lib("parts", Scene.Eight + """Pack="true" """, pack.Replace("{0}", "build", StringComparison.Ordinal));
        folder.Write("parts/other/Contoso.Parts.targets", "<Project />");
        folder.Lib("parts", Scene.Eight + """Pack="true" """, pack.Replace("{0}", "build", StringComparison.Ordinal) + """<ItemGroup><None Include="other/*.targets" PackagePath="buildTransitive" /></ItemGroup>""");
        folder.Run("pack", "parts", "-o", folder.Below("made"), "-warnaserror").Succeeded();
        AddSource(folder);
        Use();

        folder.Lib("parts", Scene.Eight + """Pack="true" """, pack.Replace("{0}", "buildTransitive/net8.0/", StringComparison.Ordinal));
        CommandResult refused = folder.Run("pack", "parts", "-o", folder.Below("made")).Refused();
        Assert.Equal(["CKPT7136"], refused.Codes);
        const string Import = """<Import Project="$(MSBuildThisFileDirectory)../../engines/Contoso.Parts.targets" />""";
        Assert.Contains(Import, refused.Output);

        folder.Write("parts/Contoso.Parts.targets", Own.Replace("</Project>", Import + "</Project>", StringComparison.Ordinal));
        folder.Run("pack", "parts", "-o", folder.Below("made"), "-warnaserror").Succeeded();
        Directory.Delete(folder.Below("packages", "contoso.parts"), recursive: true);
        folder.Forget("host");
        Use();

        void Use()
        {
            folder.Write("host/host.csproj", """
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework></PropertyGroup>
                  <ItemGroup><PackageReference Include="Contoso.Parts" Version="1.0.0" /></ItemGroup>
                </Project>
                """);
            folder.Write("host/Program.cs", """System.Console.WriteLine("ran");""");
            Assert.Contains("the author's property", folder.Run("build", "host").Succeeded().Output);
            Assert.Equal(folder.EngineIn("parts", "bin"), folder.EngineIn("host", "bin"));
        }
    }

    private static void Tool(StrangerFolder folder)
    {
        folder.WriteProject("parts", Scene.Eight + """Pack="true" """, extra: "<PropertyGroup><PackAsTool>true</PackAsTool></PropertyGroup>");
        folder.Run("pack", "parts", "-o", folder.Below("made"), "-warnaserror").Succeeded();
        Assert.Equal(["tools/net10.0/any/models/doc-llama/doc-llama.gguf"], Entries(folder).Where(e => e.EndsWith(".gguf", StringComparison.Ordinal)));
        Assert.DoesNotContain(Entries(folder), e => e.StartsWith("buildTransitive/", StringComparison.Ordinal));
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

using System;
using System.IO;
using System.Linq;
using CheckpointBuild.Package.Tests.Package;
using Xunit;

namespace CheckpointBuild.Package.Tests.Situations;

/// <summary>What situations are made of.</summary>
internal static class Scene
{
    internal const string Eight = """Engine="gguf" Quantization="q8_0" """;
    internal const string Sixteen = """Engine="gguf" DType="f16" """;
    internal const string Library = "<PropertyGroup><OutputType>Library</OutputType></PropertyGroup>";

    /// <summary>Writes a library with the package and one item.</summary>
    internal static void Lib(this StrangerFolder folder, string name, string? item, string extra = "")
    {
        folder.Write($"{name}/Program.cs", $"namespace Parts {{ public class Of_{name} {{ }} }}");
        folder.WriteProject(name, item, extra: Library + extra);
    }

    /// <summary>Writes an application that does not know the package and references other projects.</summary>
    internal static void Host(this StrangerFolder folder, string name, params string[] references)
    {
        string items = string.Concat(references.Select(r => $"""<ProjectReference Include="../{r}/{r}.csproj" />"""));
        folder.Write($"{name}/{name}.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework></PropertyGroup>
              <ItemGroup>{items}</ItemGroup>
            </Project>
            """);
        folder.Write($"{name}/Program.cs", """System.Console.WriteLine("ran");""");
    }

    /// <summary>The hash of the one engine below a folder.</summary>
    internal static string EngineIn(this StrangerFolder folder, params string[] below) => StrangerFolder.Sha256(Assert.Single(folder.Engines(below)));

    /// <summary>The engine as its entry of the store has it.</summary>
    internal static string InStore(this StrangerFolder folder) => Assert.Single(folder.Engines("store"));

    /// <summary>Forgets what a project's builds left.</summary>
    internal static void Forget(this StrangerFolder folder, string project)
    {
        foreach (string name in new[] { "bin", "obj" })
        {
            if (Directory.Exists(folder.Below(project, name)))
            {
                Directory.Delete(folder.Below(project, name), recursive: true);
            }
        }
    }

    /// <summary>Flips one bit of one weight: same size, other content.</summary>
    internal static void ChangeWeight(this StrangerFolder folder)
    {
        using FileStream file = File.Open(Path.Combine(folder.Checkpoint, "model.safetensors"), FileMode.Open);
        file.Seek(-2, SeekOrigin.End);
        int value = file.ReadByte();
        file.Seek(-2, SeekOrigin.End);
        file.WriteByte((byte)(value ^ 1));
    }

    /// <summary>Runs <c>ckpt</c>.</summary>
    internal static CommandResult Ckpt(this StrangerFolder folder, params string[] arguments) => folder.Run(["exec", RepositoryPaths.Tool, .. arguments]);

    /// <summary>Fails unless a command ended with the right engine, or was refused by code and left nothing wrong.</summary>
    internal static void RightOrRefused(this StrangerFolder folder, CommandResult result, string project, string expected)
    {
        if (result.ExitCode == 0)
        {
            Assert.Equal(expected, folder.EngineIn(project, "bin"));
            return;
        }

        result.Refused();
        Assert.All(folder.Engines(project, "bin"), engine => Assert.Equal(expected, StrangerFolder.Sha256(engine)));
    }

    /// <summary>Whether a message in the output speaks of a missing place on a disk.</summary>
    internal static bool SpeaksOfSpace(CommandResult result) => result.Output.Contains("space", StringComparison.OrdinalIgnoreCase);
}

using System;
using System.IO;
using System.Linq;
using System.Security;
using CheckpointBuild.Package.Tests.Package;
using Xunit;

namespace CheckpointBuild.Package.Tests.Matrix;

/// <summary>The folder of one row on its way through the columns.</summary>
public sealed class Site : IDisposable
{
    /// <summary>The options that every row begins with.</summary>
    public const string Eight = """Quantization="q8_0" """;

    /// <summary>The options that it is switched to.</summary>
    public const string Sixteen = """DType="f16" """;

    private readonly Oracle _oracle;

    public Site(PackageFeed feed, Oracle oracle, Shape shape)
    {
        _oracle = oracle;
        Shape = shape;
        Folder = new StrangerFolder(feed, shape.Below);
        shape.Prepare?.Invoke(this);
        shape.Write(this);
    }

    public Shape Shape { get; }

    public StrangerFolder Folder { get; }

    /// <summary>The item's attributes beside <c>Include</c> and <c>Engine</c>.</summary>
    public string Options { get; private set; } = Eight;

    /// <summary>The checkpoint's folder.</summary>
    public string Checkpoint => Folder.Below(Shape.Checkpoint);

    public void Dispose() => Folder.Dispose();

    /// <summary>Changes the options of the item.</summary>
    public void Switch(string options)
    {
        Options = options;
        Shape.Write(this);
    }

    /// <summary>Builds what the row builds.</summary>
    public BuildRecord Build(params string[] more) => Folder.Record(["build", .. Shape.Build.Length > 0 ? [Shape.Build] : Array.Empty<string>(), .. Shape.Arguments, .. more]);

    /// <summary>The reference to the package and the item.</summary>
    public string Item(string include = "../models/doc-llama", string more = "") => $"""
        <ItemGroup>
          <PackageReference Include="CheckpointBuild.Tasks" Version="{Folder.Version}" PrivateAssets="all" />
          <ModelCheckpoint Include="{SecurityElement.Escape(include)}" Engine="gguf" {Options} {more} />
        </ItemGroup>
        """;

    /// <summary>Writes a project.</summary>
    /// <param name="name">Its folder and name.</param>
    /// <param name="body">Its items and properties.</param>
    /// <param name="sdk">Its SDK.</param>
    public void Project(string name, string body, string sdk = "Microsoft.NET.Sdk")
    {
        Folder.Write($"{name}/{name}.csproj", $"""
            <Project Sdk="{sdk}">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
              {body}
            </Project>
            """);
    }

    /// <summary>Writes a project with a program that says whether its engine lies beside it.</summary>
    public void Application(string name, string body, string sdk = "Microsoft.NET.Sdk")
    {
        Project(name, "<PropertyGroup><OutputType>Exe</OutputType></PropertyGroup>" + body, sdk);
        WriteOnce($"{name}/Program.cs", $$"""
            string engine = System.IO.Path.Combine(System.AppContext.BaseDirectory, @"{{Shape.Engine.Replace('/', Path.DirectorySeparatorChar)}}");
            System.Console.WriteLine(System.IO.File.Exists(engine) ? "the engine is here" : "no engine at " + engine);
            """);
    }

    /// <summary>Writes a library.</summary>
    public void Library(string name, string body, string sdk = "Microsoft.NET.Sdk")
    {
        Project(name, body, sdk);
        WriteOnce($"{name}/Part.cs", $"namespace Parts {{ public class Of_{name} {{ }} }}");
    }

    /// <summary>Writes a file that stays as it is.</summary>
    public void WriteOnce(string relativePath, string text)
    {
        if (!File.Exists(Folder.Below(relativePath)))
        {
            Folder.Write(relativePath, text);
        }
    }

    /// <summary>Fails unless every output holds the engine that a build from scratch would give, and no other.</summary>
    public void HoldsTheRightEngine()
    {
        string expected = _oracle.Sha256(Checkpoint, Shape.CheckpointName, Options);
        foreach (string output in Shape.Outputs)
        {
            string path = Folder.Below(output, Shape.Engine);
            Assert.True(File.Exists(path), $"There is no engine {path}.");
            Assert.True(StrangerFolder.Sha256(path) == expected, $"{path} is not the engine of this checkpoint with {Options}.");
        }
    }

    /// <summary>The engines in a folder.</summary>
    public string[] EnginesBelow(string folder) => Folder.Engines(folder);

    /// <summary>The first weights file of the checkpoint.</summary>
    public string Weights => Directory.GetFiles(Checkpoint, "*.safetensors").Order(StringComparer.Ordinal).First();
}

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace CheckpointBuild.Benchmarks;

/// <summary>What engines that are up to date add to <c>dotnet build</c>: a solution of five projects with an engine each beside the same five without, whole processes in turn, medians of differences.</summary>
internal static class NoOpCost
{
    private const int Engines = 5;
    private const string Version = "1.0.0-cost";
    private const long LargeBytes = 4L << 30;

    private static readonly string Repository = Above(AppContext.BaseDirectory, "CheckpointBuild.Tasks.sln");

    /// <summary>Measures and prints.</summary>
    /// <param name="folder">Scratch folder; what an earlier run left in it is deleted.</param>
    /// <param name="rounds">Pairs of builds.</param>
    public static void Run(string folder, int rounds)
    {
        folder = Path.GetFullPath(folder);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Environment.SetEnvironmentVariable("NUGET_PACKAGES", Path.Combine(folder, "packages"));
        Environment.SetEnvironmentVariable("CheckpointBuildStoreRoot", Path.Combine(folder, "store"));
        MeasuredProcess.Run("dotnet", "pack", Path.Combine(Repository, "src", "CheckpointBuild.Tasks"), "-c", "Release", "-o", Path.Combine(folder, "feed"), "-p:PackageVersion=" + Version);
        string[] solutions = [Write(folder, "without", ""), Write(folder, "with", """<ModelCheckpoint Include="../../models/doc-llama" Engine="gguf" Quantization="q8_0" EngineName="NAME" />""")];
        Copy(Path.Combine(Repository, "samples", "models", "doc-llama"), Path.Combine(folder, "models", "doc-llama"));
        foreach (string solution in solutions)
        {
            MeasuredProcess.Run("dotnet", "build", solution);
        }

        Measure("a checkpoint of 12 MB", solutions, rounds);

        // A file beside the weights that no engine needs: what a build looks at is its name, size and time, never its bytes.
        using (FileStream large = File.Create(Path.Combine(folder, "models", "doc-llama", "optimizer.state")))
        {
            large.SetLength(LargeBytes);
        }

        MeasuredProcess.Run("dotnet", "build", solutions[1], "--no-restore");
        Measure("a checkpoint of 4 GB", solutions, rounds);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"tools started by a no-op build: {ToolStarts(folder, solutions[1])}"));
    }

    private static void Measure(string title, string[] solutions, int rounds)
    {
        var seconds = new List<double>();
        var processor = new List<double>();
        for (int round = 0; round <= rounds; round++)
        {
            MeasuredProcess[] builds = [.. solutions.Select(s => MeasuredProcess.Run("dotnet", "build", s, "--no-restore", "-v:q", "-m:1", "-nr:false", "-p:UseSharedCompilation=false"))];
            if (round > 0)
            {
                seconds.Add(1000 * (builds[1].Seconds - builds[0].Seconds) / Engines);
                processor.Add(1000 * (builds[1].ProcessorSeconds - builds[0].ProcessorSeconds) / Engines);
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{title}: an engine that is up to date adds {Middle(seconds):F1} ms ({seconds.Min():F1} to {seconds.Max():F1}), {Middle(processor):F1} ms of a core"));
    }

    private static double Middle(List<double> values) => values.Order().ElementAt(values.Count / 2);

    // The .NET host writes the arguments of each process that it starts.
    private static int ToolStarts(string folder, string solution)
    {
        string trace = Path.Combine(folder, "hosts.trace");
        foreach (string prefix in new[] { "COREHOST_TRACE", "DOTNET_HOST_TRACE" })
        {
            Environment.SetEnvironmentVariable(prefix, "1");
            Environment.SetEnvironmentVariable(prefix + "FILE", trace);
        }

        MeasuredProcess.Run("dotnet", "build", solution, "--no-restore");
        return Directory.GetFiles(folder, "hosts.trace*").Sum(f => File.ReadLines(f).Count(line => line.StartsWith("Launch host:", StringComparison.Ordinal) && line.Contains("ckpt.dll, argc", StringComparison.Ordinal)));
    }

    private static string Write(string folder, string name, string item)
    {
        string root = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        foreach (string file in new[] { "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props" })
        {
            File.WriteAllText(Path.Combine(root, file), "<Project />");
        }

        File.WriteAllText(Path.Combine(root, "nuget.config"), $"""<configuration><packageSources><clear /><add key="feed" value="{Path.Combine(folder, "feed")}" /></packageSources></configuration>""");
        string[] projects = [.. Enumerable.Range(0, Engines).Select(i => string.Create(CultureInfo.InvariantCulture, $"app{i}"))];
        foreach (string project in projects)
        {
            Directory.CreateDirectory(Path.Combine(root, project));
            File.WriteAllText(Path.Combine(root, project, "Program.cs"), "System.Console.WriteLine();");
            File.WriteAllText(Path.Combine(root, project, project + ".csproj"), $"""
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework></PropertyGroup>
                  <ItemGroup>
                    <PackageReference Include="CheckpointBuild.Tasks" Version="{Version}" PrivateAssets="all" />
                    {item.Replace("NAME", project, StringComparison.Ordinal)}
                  </ItemGroup>
                </Project>
                """);
        }

        string solution = Path.Combine(root, "All.slnx");
        File.WriteAllText(solution, $"<Solution>{string.Concat(projects.Select(p => $"""<Project Path="{p}/{p}.csproj" />"""))}</Solution>");
        return solution;
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }

    private static string Above(string folder, string file) =>
        File.Exists(Path.Combine(folder, file)) ? folder : Above(Path.GetDirectoryName(folder) ?? throw new FileNotFoundException("Run this from the repository's own output.", file), file);
}

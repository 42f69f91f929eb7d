using System;
using System.IO;
using System.Linq;
using System.Reflection;

namespace CheckpointBuild.Package.Tests;

/// <summary>Where the repository's own files lie.</summary>
internal static class RepositoryPaths
{
    internal static string Root { get; } = typeof(RepositoryPaths).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;

    internal static string Samples { get; } = Path.Combine(Root, "samples");

    internal static string DocLlama { get; } = Path.Combine(Samples, "models", "doc-llama");

    internal static string FakeWorker { get; } = Path.Combine(AppContext.BaseDirectory, "FakeWorker.dll");

    internal static string Tool { get; } = Path.Combine(AppContext.BaseDirectory, "ckpt.dll");

    internal static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }
}

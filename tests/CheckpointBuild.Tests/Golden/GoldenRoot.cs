using System;
using System.IO;
using CheckpointBuild.Tests.Infrastructure;

namespace CheckpointBuild.Tests.Golden;

/// <summary>Where the golden data lies: what reference tools gave, against which our results are held.</summary>
/// <remarks>The folder that <c>CHECKPOINTBUILD_GOLDEN</c> names; else <c>../shared/golden</c> beside the checkout; else the lean copy in <c>tests/Fixtures</c>.</remarks>
internal static class GoldenRoot
{
    /// <summary>The environment variable that names the folder.</summary>
    public const string Variable = "CHECKPOINTBUILD_GOLDEN";

    // Large inputs that the checkout keeps once, where its samples use them; what the reference gives for them lies in the lean copy.
    private static readonly (string Topic, string Folder)[] KeptElsewhere = [("doc-llama", "samples/models/doc-llama")];

    private static readonly (string Folder, string Origin) Found = Find();

    /// <summary>The folder; its children are the topics.</summary>
    public static string Folder => Found.Folder;

    /// <summary>How the folder was found, in words.</summary>
    public static string Origin => Found.Origin;

    /// <summary>A topic, or a folder inside one.</summary>
    /// <param name="name">For instance <c>gguf/converter</c>.</param>
    /// <returns>The topic; it may be absent.</returns>
    public static GoldenTopic Topic(string name)
    {
        (_, string? elsewhere) = Array.Find(KeptElsewhere, kept => kept.Topic == name);
        return Topic(name, elsewhere is not null && Folder == LeanCopy ? Repository.PathOf(elsewhere) : Path.Combine(Folder, name));
    }

    /// <summary>A topic in a folder of its own.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="folder">Where it lies.</param>
    /// <returns>The topic; it may be absent.</returns>
    internal static GoldenTopic Topic(string name, string folder) => new(name, Directory.Exists(folder) ? folder : null);

    private static string LeanCopy => Repository.PathOf("tests/Fixtures");

    private static (string Folder, string Origin) Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(named));
            return Directory.Exists(full) ? (full, $"named by {Variable}") : throw new DirectoryNotFoundException($"{Variable} names {full}, there is no such folder.");
        }

        string shared = Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared", "golden"));
        return Directory.Exists(shared)
            ? (shared, "beside the checkout")
            : (LeanCopy, "the lean copy in the checkout");
    }
}

using System;
using System.IO;
using System.Runtime.CompilerServices;
using Xunit;

namespace CheckpointBuild.Tests.Infrastructure;

/// <summary>
/// Snapshots in Verify's file convention: <c>Class.Method.verified.txt</c> beside the test is what was approved, <c>Class.Method.received.txt</c> is what came out and differs.
/// To approve, rename the received file. Deleting this class in favour of the package changes no test.
/// </summary>
internal static class Verifier
{
    // What the compiler puts in place of the checkout's path in a deterministic build.
    private const string MappedRoot = "/_/";

    /// <summary>Holds a text against the approved one.</summary>
    /// <param name="text">What came out; paths in it that differ between machines were replaced.</param>
    /// <param name="sourceFile">The test's file, filled in by the compiler.</param>
    /// <param name="method">The test's method, filled in by the compiler.</param>
    public static void Verify(string text, [CallerFilePath] string sourceFile = "", [CallerMemberName] string method = "")
    {
        string source = sourceFile.StartsWith(MappedRoot, StringComparison.Ordinal) ? Repository.PathOf(sourceFile[MappedRoot.Length..]) : sourceFile;
        string stem = Path.Combine(Path.GetDirectoryName(source)!, $"{Path.GetFileNameWithoutExtension(source)}.{method}");
        string verified = stem + ".verified.txt";
        string received = stem + ".received.txt";

        string actual = Normalize(text);
        string? approved = File.Exists(verified) ? Normalize(File.ReadAllText(verified)) : null;
        if (actual == approved)
        {
            File.Delete(received);
            return;
        }

        File.WriteAllText(received, actual);
        Assert.True(approved is not null, $"Nothing is approved yet. Look at {received} and rename it to {Path.GetFileName(verified)}.");
        Assert.Equal(approved, actual);
    }

    private static string Normalize(string text) => text.ReplaceLineEndings("\n").TrimEnd() + "\n";
}

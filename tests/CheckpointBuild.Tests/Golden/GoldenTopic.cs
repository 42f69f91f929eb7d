using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.Json;
using Xunit;

namespace CheckpointBuild.Tests.Golden;

/// <summary>One folder of golden data. Every file that is read through it counts as reached by a case.</summary>
/// <remarks>An absent topic gives a suite one passing test that says so; a topic that is there and gives no case fails the suite.</remarks>
/// <param name="Name">Relative to the golden root, with '/'.</param>
/// <param name="Folder">Where it lies; null when it is absent.</param>
internal sealed record GoldenTopic(string Name, string? Folder)
{
    private const string Absent = "absent: ";
    private const string Empty = "no case in: ";

    /// <summary>Whether the golden root has no such folder.</summary>
    public bool IsAbsent => Folder is null;

    /// <summary>The topic's cases as the rows of a theory.</summary>
    /// <param name="enumerate">Gives the names of the cases of a topic that is there.</param>
    /// <returns>The names; one row that says so when the topic is absent or has none.</returns>
    public TheoryData<string> Cases(Func<GoldenTopic, IEnumerable<string>> enumerate)
    {
        string[] names = IsAbsent ? [Absent + Name] : [.. enumerate(this).Order(StringComparer.Ordinal)];
        return new TheoryData<string>(names.Length > 0 ? names : [Empty + Name]);
    }

    /// <summary>The cases of one kind of which a topic may hold none.</summary>
    /// <param name="kind">What they are, in a few words.</param>
    /// <param name="enumerate">Gives the names of the cases of a topic that is there.</param>
    /// <returns>The names; one row that says so when there are none.</returns>
    public TheoryData<string> CasesOfKind(string kind, Func<GoldenTopic, IEnumerable<string>> enumerate)
    {
        string[] names = IsAbsent ? [] : [.. enumerate(this).Order(StringComparer.Ordinal)];
        return new TheoryData<string>(names.Length > 0 ? names : [$"{Absent}{Name}, {kind}"]);
    }

    /// <summary>Looks whether a row says that there is nothing to test. A present topic without cases fails here.</summary>
    /// <param name="name">The row.</param>
    /// <returns>True when the topic is absent and the test is done.</returns>
    public bool SaysAbsent(string name)
    {
        Assert.False(name.StartsWith(Empty, StringComparison.Ordinal), $"{Folder}: the topic is there and no case was found in it.");
        if (!SaysAbsent() && name.StartsWith(Absent, StringComparison.Ordinal))
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{GoldenRoot.Folder} has no such case ({name}): nothing to compare with.");
        }

        return name.StartsWith(Absent, StringComparison.Ordinal);
    }

    /// <summary>Looks whether the topic is absent, and says so in the test's output.</summary>
    /// <returns>True when it is and the test is done.</returns>
    public bool SaysAbsent()
    {
        if (IsAbsent)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{GoldenRoot.Folder} has no '{Name}': nothing to compare with.");
        }

        return IsAbsent;
    }

    /// <summary>A folder inside the topic.</summary>
    /// <param name="relative">With '/'.</param>
    /// <returns>The topic; it may be absent.</returns>
    public GoldenTopic Topic(string relative) => GoldenRoot.Topic($"{Name}/{relative}");

    /// <summary>Files below the topic's folder.</summary>
    /// <param name="pattern">Of the file names.</param>
    /// <param name="depth">Whether folders inside are looked at.</param>
    /// <returns>Paths relative to the topic, with '/'.</returns>
    public IEnumerable<string> Files(string pattern, SearchOption depth = SearchOption.TopDirectoryOnly) =>
        IsAbsent ? [] : Directory.EnumerateFiles(Folder!, pattern, depth).Select(f => Path.GetRelativePath(Folder!, f).Replace('\\', '/')).Order(StringComparer.Ordinal);

    /// <summary>Whether a file is there.</summary>
    /// <param name="relative">With '/'.</param>
    /// <returns>True when it is.</returns>
    public bool Has(string relative) => !IsAbsent && File.Exists(Locate(relative));

    /// <summary>The path of a file or folder, which counts as reached from now on.</summary>
    /// <param name="relative">With '/'; empty for the topic's own folder.</param>
    /// <returns>The full path.</returns>
    public string Reach(string relative = "")
    {
        string path = Locate(relative);
        GoldenLedger.Reach(path);
        return path;
    }

    /// <summary>Reads a file.</summary>
    /// <param name="relative">With '/'.</param>
    /// <returns>Its bytes.</returns>
    public byte[] ReadBytes(string relative) => File.ReadAllBytes(Reach(relative));

    /// <summary>Reads a file of little-endian binary32 numbers.</summary>
    /// <param name="relative">With '/'.</param>
    /// <returns>The numbers.</returns>
    public float[] ReadFloats(string relative) => MemoryMarshal.Cast<byte, float>(ReadBytes(relative)).ToArray();

    /// <summary>Reads a JSON file.</summary>
    /// <param name="relative">With '/'.</param>
    /// <returns>Its root.</returns>
    public JsonElement ReadJson(string relative) => JsonElement.Parse(ReadBytes(relative));

    /// <summary>Reads a JSON file to decide whether it is a case; that alone does not count as reaching it.</summary>
    /// <param name="relative">With '/'.</param>
    /// <returns>Its root.</returns>
    public JsonElement PeekJson(string relative) => JsonElement.Parse(File.ReadAllBytes(Locate(relative)));

    /// <summary>Reads a file with one JSON value a line.</summary>
    /// <param name="relative">With '/'.</param>
    /// <returns>The values.</returns>
    public IEnumerable<JsonElement> ReadJsonLines(string relative) =>
        File.ReadLines(Reach(relative)).Where(line => line.Length > 0).Select(line => JsonElement.Parse(line));

    // A topic whose large inputs are kept elsewhere has the rest of its files in the root all the same.
    private string Locate(string relative)
    {
        string path = Path.Combine(Folder ?? throw new InvalidOperationException($"{Name} is absent."), relative);
        string inRoot = Path.Combine(GoldenRoot.Folder, Name, relative);
        return !Path.Exists(path) && Path.Exists(inRoot) ? inRoot : path;
    }
}

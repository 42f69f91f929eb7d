using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using CheckpointBuild.Acquisition;
using CheckpointBuild.Tests.Infrastructure;

namespace CheckpointBuild.Tests.Golden.Hub;

/// <summary>One recorded run of the official client: what was called, what it asked, and its cache afterwards.</summary>
/// <param name="Json">The record.</param>
internal sealed partial record HubCase(JsonElement Json)
{
    private const string HomeMark = "<HF_HOME>";

    /// <summary>The topic.</summary>
    public static GoldenTopic Topic { get; } = GoldenRoot.Topic("hub");

    /// <summary>How many contents the recorded server cut in the middle.</summary>
    public int Cuts => Json.GetProperty("server").GetProperty("cut_connections").GetInt32();

    /// <summary>How many contents the recorded server answered with 503 first.</summary>
    public int Refusals => Json.GetProperty("server").GetProperty("answers_503").GetInt32();

    /// <summary>Whether the server failed on purpose: there the official client is not followed.</summary>
    public bool HasFaults => Cuts + Refusals > 0;

    /// <summary>The exit code.</summary>
    public int ExitCode => Json.GetProperty("exit").GetInt32();

    /// <summary>Everything in the cache, one line each, in order.</summary>
    public IEnumerable<string> Cache => Json.GetProperty("cache").EnumerateArray().Select(Describe).Order(StringComparer.Ordinal);

    /// <summary>Per file, what was asked in order; a request of no file stands under its path.</summary>
    public IReadOnlyDictionary<string, string> Sequences => SequencesOf(Json.GetProperty("requests").EnumerateArray().Select(r =>
        (r.GetProperty("host").GetString()!, r.GetProperty("method").GetString()!, r.GetProperty("path").GetString()!, r.GetProperty("status").GetInt32(), r.GetProperty("headers").TryGetProperty("authorization", out JsonElement a) ? a.GetString() : null)));

    /// <summary>Reads a case.</summary>
    /// <param name="name">Its file.</param>
    /// <returns>The case.</returns>
    public static HubCase Read(string name) => new(Topic.ReadJson(name));

    /// <summary>What the call asks for, in our words.</summary>
    /// <param name="home">The folder that stands for HF_HOME.</param>
    /// <returns>The request.</returns>
    public FetchRequest Request(string home)
    {
        string call = Json.GetProperty("call").GetString()!;
        string last = call.Split('\n')[^1];
        string[] quoted = [.. QuotedText().Matches(last).Select(m => m.Groups["text"].Value)];
        string? Named(string argument) => Regex.Match(last, argument + @"=\[?(?<list>'[^\])]*)").Groups["list"].Value is { Length: > 0 } list
            ? string.Join(';', QuotedText().Matches(list[..(list.IndexOf(", max", StringComparison.Ordinal) is > 0 and var end ? end : list.Length)]).Select(m => m.Groups["text"].Value))
            : null;
        bool one = last.Contains("hf_hub_download(", StringComparison.Ordinal);
        return new FetchRequest(ModelReference.Parse("hf:" + quoted[0])!, new FileSelection(SelectionStart.Everything, one ? quoted[1] : Named("allow_patterns")))
        {
            Revision = Named("revision") ?? "main",
            LocalFolder = Named("local_dir")?.Replace(HomeMark, home, StringComparison.Ordinal),
        };
    }

    /// <summary>Settings that the recorded environment means.</summary>
    /// <param name="settings">Those of the local server.</param>
    /// <returns>The settings.</returns>
    public HubSettings Apply(HubSettings settings)
    {
        HubSettings recorded = HubSettings.FromEnvironment(name => Json.GetProperty("environment").TryGetProperty(name, out JsonElement value) ? value.GetString() : name == "HF_HOME" ? settings.CacheFolder : null);
        return settings with { Token = recorded.Token, Offline = recorded.Offline };
    }

    /// <summary>Puts the cache that the official client left into a folder.</summary>
    /// <param name="home">The folder that stands for HF_HOME.</param>
    public void Restore(string home)
    {
        foreach (JsonElement entry in Json.GetProperty("cache").EnumerateArray())
        {
            string path = Path.Combine(home, entry.GetProperty("path").GetString()!);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (entry.TryGetProperty("link", out JsonElement link))
            {
                File.CreateSymbolicLink(path, link.GetString()!);
            }
            else if (entry.TryGetProperty("text", out JsonElement text))
            {
                File.WriteAllText(path, text.GetString());
            }
            else
            {
                File.WriteAllBytes(path, HubContents.Of(entry.GetProperty("sha256").GetString()!));
            }
        }
    }

    /// <summary>Describes a cache as <see cref="Cache"/> does.</summary>
    /// <param name="home">The folder that stands for HF_HOME.</param>
    /// <returns>Lines in order.</returns>
    public static IEnumerable<string> CacheIn(string home) => Directory
        .EnumerateFiles(home, "*", SearchOption.AllDirectories)
        .Select(path => new FileInfo(path))
        .Select(file => Line(Path.GetRelativePath(home, file.FullName).Replace('\\', '/'), file.LinkTarget, () => Hash.Of(File.ReadAllBytes(file.FullName)), () => File.ReadAllText(file.FullName)))
        .Order(StringComparer.Ordinal);

    /// <summary>Groups requests by the file that they are about.</summary>
    /// <param name="requests">Host, method, path, status and token.</param>
    /// <returns>For each file its requests in order, one a line.</returns>
    public static IReadOnlyDictionary<string, string> SequencesOf(IEnumerable<(string Host, string Method, string Path, int Status, string? Token)> requests) => requests
        .GroupBy(r => HubContents.NameOf(Resolved().Match(r.Path) is { Success: true } match ? match.Groups["file"].Value : r.Path))
        .ToDictionary(g => g.Key, g => string.Join('\n', g.Select(r => $"{r.Host} {r.Method} {r.Path} {r.Status} {r.Token}")), StringComparer.Ordinal);

    private static string Describe(JsonElement entry) => Line(
        entry.GetProperty("path").GetString()!,
        entry.TryGetProperty("link", out JsonElement link) ? link.GetString() : null,
        () => entry.TryGetProperty("sha256", out JsonElement sha256) ? sha256.GetString()! : Hash.Of(System.Text.Encoding.UTF8.GetBytes(entry.GetProperty("text").GetString()!)),
        () => entry.GetProperty("text").GetString()!);

    // The third line of a file's metadata is the time when it was fetched.
    private static string Line(string path, string? link, Func<string> hash, Func<string> text) =>
        link is not null ? $"{path} -> {link}" : path.EndsWith(".metadata", StringComparison.Ordinal) ? $"{path} {string.Join(' ', text().Split('\n')[..2])}" : $"{path} {hash()}";

    [GeneratedRegex("'(?<text>[^']*)'")]
    private static partial Regex QuotedText();

    [GeneratedRegex("/resolve/[^/]+/(?<file>.+)$")]
    private static partial Regex Resolved();
}

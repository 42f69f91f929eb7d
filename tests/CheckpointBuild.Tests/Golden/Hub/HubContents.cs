using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Tests.Acquisition;

namespace CheckpointBuild.Tests.Golden.Hub;

/// <summary>The repository that the official client was recorded with, put together from its records: small files stand in them as text, large ones are rows of the 256 byte values, up or down.</summary>
internal static class HubContents
{
    private static readonly Lazy<ServedRepository> Recorded = new(Read);

    /// <summary>The repository <c>demo/tiny</c>.</summary>
    public static ServedRepository Repository => Recorded.Value;

    /// <summary>A large content by its hash.</summary>
    /// <param name="sha256">64 hex digits.</param>
    /// <returns>Its bytes.</returns>
    public static byte[] Of(string sha256) => Repository.Large(sha256)!.Content;

    /// <summary>The file that a path on the other host is about.</summary>
    /// <param name="path">A file, or <c>/cdn/SHA256?…</c>.</param>
    /// <returns>The file where it is one.</returns>
    public static string NameOf(string path) => path.StartsWith("/cdn/", StringComparison.Ordinal) ? Repository.Large(path["/cdn/".Length..].Split('?')[0])?.Path ?? path : path;

    private static ServedRepository Read()
    {
        JsonElement[] entries = [.. HubCase.Topic.Files("*.json").SelectMany(f => HubCase.Topic.PeekJson(f).GetProperty("cache").EnumerateArray())];
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonElement blob in entries.Where(e => e.GetProperty("path").GetString()!.Contains("/blobs/", StringComparison.Ordinal) && e.TryGetProperty("text", out _)))
        {
            texts[blob.GetProperty("path").GetString()!.Split('/')[^1]] = blob.GetProperty("text").GetString()!;
        }

        var repository = new ServedRepository("demo/tiny");
        foreach (JsonElement tree in entries.Where(e => e.GetProperty("path").GetString()!.Contains("/trees/", StringComparison.Ordinal)))
        {
            string commit = System.IO.Path.GetFileNameWithoutExtension(tree.GetProperty("path").GetString()!);
            repository.Commits[commit] = [.. JsonElement.Parse(tree.GetProperty("text").GetString()!).GetProperty("files").EnumerateObject().Select(f => FileOf(f, texts))];
        }

        foreach (JsonElement reference in entries.Where(e => e.GetProperty("path").GetString()!.Contains("/refs/", StringComparison.Ordinal)))
        {
            repository.Revisions[reference.GetProperty("path").GetString()!.Split('/')[^1]] = reference.GetProperty("text").GetString()!;
        }

        return repository;
    }

    private static ServedFile FileOf(JsonProperty entry, Dictionary<string, string> texts)
    {
        if (!entry.Value.TryGetProperty("lfs_sha256", out JsonElement sha256))
        {
            return ServedFile.Small(entry.Name, texts[entry.Value.GetProperty("blob_id").GetString()!]);
        }

        int size = entry.Value.GetProperty("size").GetInt32();
        byte[] up = [.. Enumerable.Range(0, size).Select(i => (byte)i)];
        var file = new ServedFile(entry.Name, up, IsLarge: true) { StatedBlobId = entry.Value.GetProperty("blob_id").GetString() };
        return file.Sha256 == sha256.GetString() ? file : new ServedFile(entry.Name, [.. up.Select(b => (byte)(255 - b))], IsLarge: true) { StatedBlobId = file.StatedBlobId };
    }
}

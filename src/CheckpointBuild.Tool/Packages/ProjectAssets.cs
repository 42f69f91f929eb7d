using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using NuGet.Versioning;

namespace CheckpointBuild.Tool.Packages;

/// <summary>What a project's own restore chose: <c>project.assets.json</c>.</summary>
internal static class ProjectAssets
{
    /// <summary>The version of a package that the project references or downloads.</summary>
    /// <param name="path">The file; null or absent = nothing was restored.</param>
    /// <param name="id">The package.</param>
    /// <returns>The version, or null.</returns>
    public static NuGetVersion? VersionOf(string? path, string id)
    {
        try
        {
            if (path is null || !File.Exists(path))
            {
                return null;
            }

            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            return Referenced(document.RootElement, id) ?? Downloaded(document.RootElement, id);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    private static NuGetVersion? Referenced(JsonElement root, string id) => root.GetProperty("libraries").EnumerateObject()
        .Select(l => l.Name.Split('/'))
        .Where(l => l.Length == 2 && l[0].Equals(id, StringComparison.OrdinalIgnoreCase))
        .Select(l => NuGetVersion.Parse(l[1])).FirstOrDefault();

    private static NuGetVersion? Downloaded(JsonElement root, string id) => root.GetProperty("project").GetProperty("frameworks").EnumerateObject()
        .Where(f => f.Value.TryGetProperty("downloadDependencies", out _))
        .SelectMany(f => f.Value.GetProperty("downloadDependencies").EnumerateArray())
        .Where(d => string.Equals(d.GetProperty("name").GetString(), id, StringComparison.OrdinalIgnoreCase))
        .Select(d => VersionRange.Parse(d.GetProperty("version").GetString()!).MinVersion).FirstOrDefault();
}

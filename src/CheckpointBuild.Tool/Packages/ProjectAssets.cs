using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Acquisition;
using NuGet.Versioning;

namespace CheckpointBuild.Tool.Packages;

/// <summary>What a project's own restore chose: <c>project.assets.json</c>.</summary>
/// <param name="Versions">The version of each package that the project references or downloads, by id.</param>
/// <param name="Folders">The folders that restore took packages from and put them into, whatever named them (<c>RestorePackagesPath</c> too).</param>
/// <param name="Sources">The sources that restore was to ask, whatever named them (<c>RestoreSources</c> too); empty = those of nuget.config.</param>
internal sealed record ProjectAssets(ImmutableDictionary<string, NuGetVersion> Versions, ImmutableArray<string> Folders, ImmutableArray<string> Sources)
{
    private static readonly ProjectAssets None = new(ImmutableDictionary<string, NuGetVersion>.Empty, [], []);

    /// <summary>Reads the file.</summary>
    /// <param name="path">The file; null, absent or damaged = nothing was restored.</param>
    /// <returns>What it says.</returns>
    public static ProjectAssets Read(string? path)
    {
        try
        {
            if (path is null || !File.Exists(path))
            {
                return None;
            }

            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement root = document.RootElement;
            return new ProjectAssets(
                Downloaded(root).Concat(Referenced(root)).Aggregate(ImmutableDictionary.Create<string, NuGetVersion>(StringComparer.OrdinalIgnoreCase), (all, one) => all.SetItem(one.Id, one.Version)),
                [.. Names(root, "packageFolders")],
                root.TryGetProperty("project", out JsonElement project) && project.TryGetProperty("restore", out JsonElement restore) ? [.. Names(restore, "sources")] : []);
        }
        catch (Exception e) when (ModelJson.IsDamage(e) || e is IOException or UnauthorizedAccessException)
        {
            return None;
        }
    }

    // Of several target frameworks the first counts, as everywhere in the file; a version that is none is another program's.
    private static IEnumerable<(string Id, NuGetVersion Version)> Referenced(JsonElement root) =>
        from library in Enumerable.Reverse(Names(root, "libraries"))
        let parts = library.Split('/')
        where parts.Length == 2
        let version = NuGetVersion.TryParse(parts[1], out NuGetVersion? parsed) ? parsed : null
        where version is not null
        select (parts[0], version);

    private static IEnumerable<(string Id, NuGetVersion Version)> Downloaded(JsonElement root) =>
        from framework in root.TryGetProperty("project", out JsonElement project) && project.TryGetProperty("frameworks", out JsonElement frameworks) ? frameworks.EnumerateObject().Reverse().ToArray() : []
        where framework.Value.TryGetProperty("downloadDependencies", out _)
        from download in framework.Value.GetProperty("downloadDependencies").EnumerateArray()
        let version = VersionRange.TryParse(download.GetProperty("version").GetString() ?? "", out VersionRange? range) ? range.MinVersion : null
        where version is not null
        select (download.GetProperty("name").GetString() ?? "", version);

    private static string[] Names(JsonElement parent, string name) => parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Object ? [.. value.EnumerateObject().Select(p => p.Name)] : [];
}

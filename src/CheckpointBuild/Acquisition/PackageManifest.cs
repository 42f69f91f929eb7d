using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Acquisition;

/// <summary>What a package says about the model in it: <c>checkpoint/manifest.json</c>. NuGet verifies a package once and its extracted files never; this is what they are held against.</summary>
/// <param name="Name">What the model is called.</param>
/// <param name="License">The licence expression, or null.</param>
/// <param name="Files">Every file, in ordinal order of paths.</param>
public sealed record PackageManifest(string Name, string? License, ImmutableArray<PackedFile> Files)
{
    /// <summary>Where it stands in a package.</summary>
    public const string Path = "checkpoint/manifest.json";

    /// <summary>Where the model's files stand in a package.</summary>
    public const string FilesFolder = "checkpoint/files/";

    private const int Version = 1;

    /// <summary>Reads a manifest.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The manifest.</returns>
    /// <exception cref="CheckpointException">CKPT6063 when it is none.</exception>
    public static PackageManifest Read(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement root = document.RootElement;
            return root.GetProperty("version").GetInt32() == Version
                ? new PackageManifest(ModelJson.Text(root, "name"), root.TryGetProperty("license", out JsonElement license) ? license.GetString() : null, ReadFiles(root))
                : throw new FormatException("it is of a later version");
        }
        catch (Exception e) when (ModelJson.IsDamage(e) || e is IOException or UnauthorizedAccessException)
        {
            throw Errors.NoPackageManifest(path, e is FormatException ? e.Message : "it is missing or damaged");
        }
    }

    /// <summary>The manifest's bytes.</summary>
    /// <returns>JSON, indented, lines ended by a line feed.</returns>
    public byte[] ToBytes() => ModelJson.Write(json =>
    {
        json.WriteNumber("version", Version);
        json.WriteString("name", Name);
        if (License is not null)
        {
            json.WriteString("license", License);
        }

        json.WriteStartArray("files");
        foreach (PackedFile file in Files)
        {
            WriteFile(json, file);
        }

        json.WriteEndArray();
    });

    private static void WriteFile(Utf8JsonWriter json, PackedFile file)
    {
        json.WriteStartObject();
        ModelJson.WriteFile(json, new LockedFile(file.Path, file.Size, file.Sha256));
        json.WriteStartArray("pieces");
        foreach (PackedPiece piece in file.Pieces)
        {
            json.WriteStartObject();
            json.WriteString("package", piece.Package);
            json.WriteString("path", piece.Path);
            json.WriteNumber("size", piece.Size);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static ImmutableArray<PackedFile> ReadFiles(JsonElement root)
    {
        ImmutableArray<PackedFile> files = [.. root.GetProperty("files").EnumerateArray().Select(ReadFile)];
        return files.IsEmpty ? throw new FormatException("it names no files")
            : files.GroupBy(f => f.Path, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1) is { } twice ? throw new FormatException($"it names the file '{twice.Key}' twice")
            : files;
    }

    private static PackedFile ReadFile(JsonElement element)
    {
        LockedFile stated = ModelJson.ReadFile(element);
        var file = new PackedFile(stated.Path, stated.Size, stated.Sha256,
            [.. element.GetProperty("pieces").EnumerateArray().Select(p => new PackedPiece(p.GetProperty("package").GetString() ?? "", ModelJson.Text(p, "path"), p.GetProperty("size").GetInt64()))]);
        return file.Pieces.All(p => HubTree.IsSafe(p.Path) && p.Size >= 0) && file.Pieces.Sum(p => p.Size) == file.Size
            ? file
            : throw new FormatException($"the file '{file.Path}' is not described as it must be");
    }
}

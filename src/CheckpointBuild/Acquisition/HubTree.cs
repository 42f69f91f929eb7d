using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Text.Encodings.Web;
using System.Text.Json;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Acquisition;

/// <summary>The list of a repository's files: as the Hub answers it, and as the shared cache keeps it in <c>trees/&lt;commit&gt;.json</c>.</summary>
internal static class HubTree
{
    // Far more than any server keeps in one file; sums of such sizes do not overflow.
    internal const long MostFileBytes = 1L << 44;
    private const int FormatVersion = 1;
    private static readonly string[] Devices = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];
    private static readonly JsonWriterOptions Written = new() { Indented = true, IndentSize = 1, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads one page of the Hub's answer.</summary>
    /// <param name="json">The body.</param>
    /// <param name="subject">For messages.</param>
    /// <returns>The files on it; folders are left out.</returns>
    /// <exception cref="CheckpointException">CKPT6013 when it is no list of files.</exception>
    public static IEnumerable<HubFile> ReadPage(ReadOnlyMemory<byte> json, HubSubject subject)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return [.. document.RootElement.EnumerateArray().Where(e => Text(e, "type") != "directory").Select(e => ReadEntry(e, subject))];
        }
        catch (Exception e) when (ModelJson.IsDamage(e))
        {
            throw Errors.BadHubAnswer(subject.Where, "its list of files is no JSON of the known form");
        }
    }

    /// <summary>Writes a tree as the cache keeps it.</summary>
    /// <param name="files">The files.</param>
    /// <returns>JSON as the official client writes it.</returns>
    public static byte[] Write(IEnumerable<HubFile> files)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Written))
        {
            json.WriteStartObject();
            json.WriteNumber("format_version", FormatVersion);
            json.WriteStartObject("files");
            foreach (HubFile file in files.OrderBy(f => f.Path, StringComparer.Ordinal))
            {
                json.WriteStartObject(file.Path);
                json.WriteNumber("size", file.Size);
                json.WriteString("blob_id", file.BlobId);
                if (file.LfsSha256 is { } sha256)
                {
                    json.WriteString("lfs_sha256", sha256);
                    json.WriteNumber("lfs_size", file.Size);
                }

                if (file.XetHash is { } xet)
                {
                    json.WriteString("xet_hash", xet);
                }

                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <summary>Reads a tree that the cache keeps.</summary>
    /// <param name="json">The file.</param>
    /// <returns>The files in ordinal order; null where it is damaged or of another version, and has to be asked for again.</returns>
    public static ImmutableArray<HubFile>? Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return document.RootElement.GetProperty("format_version").GetInt32() != FormatVersion ? null :
            [
                .. document.RootElement.GetProperty("files").EnumerateObject().Select(f => Checked(new HubFile(f.Name, f.Value.GetProperty("size").GetInt64(), Text(f.Value, "blob_id") ?? "")
                {
                    LfsSha256 = Text(f.Value, "lfs_sha256"),
                    XetHash = Text(f.Value, "xet_hash"),
                }) ?? throw new FormatException()),
            ];
        }
        catch (Exception e) when (ModelJson.IsDamage(e))
        {
            return null;
        }
    }

    /// <summary>Whether a path stays below the folder that it is put into, on every system.</summary>
    /// <param name="path">With '/'.</param>
    /// <returns>True when it does.</returns>
    public static bool IsSafe(string path) =>
        path.Length is > 0 and <= 4096 && path.Split('/').All(part => part.Length is > 0 and <= 255 && part[^1] is not ('.' or ' ') && !part.Any(c => c is '\\' or ':' || char.IsControl(c)) && !IsDevice(part));

    // Windows opens a device where a file has such a name, whatever its extension.
    private static bool IsDevice(string part)
    {
        string name = part.Split('.')[0].TrimEnd(' ').ToUpperInvariant();
        return Devices.Contains(name) || (name.Length == 4 && (name.StartsWith("COM", StringComparison.Ordinal) || name.StartsWith("LPT", StringComparison.Ordinal)) && (char.IsAsciiDigit(name[3]) || "\u00b9\u00b2\u00b3".Contains(name[3], StringComparison.Ordinal)));
    }

    private static HubFile ReadEntry(JsonElement entry, HubSubject subject)
    {
        JsonElement lfs = entry.TryGetProperty("lfs", out JsonElement value) && value.ValueKind == JsonValueKind.Object ? value : default;
        var file = new HubFile(Text(entry, "path") ?? "", lfs.ValueKind == JsonValueKind.Object && lfs.TryGetProperty("size", out JsonElement size) ? size.GetInt64() : entry.GetProperty("size").GetInt64(), Text(entry, "oid") ?? "")
        {
            LfsSha256 = lfs.ValueKind == JsonValueKind.Object ? Text(lfs, "oid") ?? Text(lfs, "sha256") : null,
            XetHash = Text(entry, "xetHash"),
        };
        return Checked(file) ?? throw Errors.BadHubAnswer(subject.Where, $"it does not describe {Errors.Quote(file.Path)} as a file is described");
    }

    // What a file is called is looked at when somebody wants it: on Linux names are usual that no other system takes.
    private static HubFile? Checked(HubFile file) =>
        file.Path.Length > 0 && file.Size is >= 0 and <= MostFileBytes && ContentIdentity.IsHash(file.BlobId) && (file.LfsSha256 is not { } sha256 || (sha256.Length == 64 && ContentIdentity.IsHash(sha256))) ? file : null;

    private static string? Text(JsonElement parent, string name) => parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Acquisition;

/// <summary><c>checkpoints.lock.json</c>: every byte that a project's named models stand for. Committed beside the project; the same on every machine and in whatever order it was made.</summary>
/// <param name="Models">The entries, in ordinal order of source, revision and patterns.</param>
public sealed record CheckpointLock(ImmutableArray<LockedModel> Models)
{
    /// <summary>What the file is called.</summary>
    public const string FileName = "checkpoints.lock.json";

    private const int Version = 1;
    private const int MostBytes = 64 << 20;

    /// <summary>One without entries.</summary>
    public static CheckpointLock Empty { get; } = new([]);

    /// <summary>Reads a lock file.</summary>
    /// <param name="path">The file; one that is not there is empty.</param>
    /// <returns>The entries.</returns>
    /// <exception cref="CheckpointException">CKPT6040 when it is damaged or of a later version.</exception>
    public static CheckpointLock Read(string path)
    {
        try
        {
            if (!File.Exists(path))
            {
                return Empty;
            }

            using JsonDocument document = JsonDocument.Parse(new FileInfo(path).Length <= MostBytes ? WithoutMark(File.ReadAllBytes(path)) : throw new FormatException("it is far too large"));
            int version = document.RootElement.GetProperty("version").GetInt32();
            return version == Version
                ? Checked(new CheckpointLock([.. document.RootElement.GetProperty("checkpoints").EnumerateArray().Select(ReadModel)]))
                : throw new FormatException($"version {version}, {Version} is understood here");
        }
        catch (Exception e) when (ModelJson.IsDamage(e))
        {
            throw Errors.LockDamaged(path, e is JsonException ? "it is no JSON; a merge may have left its marks" : e.Message);
        }
        catch (CheckpointException e)
        {
            throw Errors.LockDamaged(path, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.CannotRead(path, e);
        }
    }

    /// <summary>The entry of a name.</summary>
    /// <param name="source"><c>hf:org/name</c> or <c>nuget:Id</c>.</param>
    /// <param name="revision">What was asked for.</param>
    /// <param name="selection">The patterns.</param>
    /// <returns>The entry, or null.</returns>
    public LockedModel? Find(string source, string revision, string selection) => Models.FirstOrDefault(m => m.Source == source && m.Revision == revision && m.Selection == selection);

    /// <summary>Adds an entry in the place of one for the same name.</summary>
    /// <param name="model">The entry.</param>
    /// <returns>The lock with it.</returns>
    public CheckpointLock With(LockedModel model) => new(
    [
        .. Models.Where(m => !m.IsFor(model)).Append(model)
            .OrderBy(m => m.Source, StringComparer.Ordinal).ThenBy(m => m.Revision, StringComparer.Ordinal).ThenBy(m => m.Selection, StringComparer.Ordinal),
    ]);

    /// <summary>Writes the file in one step, unless it is as it should be already.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CheckpointException">CKPT6045 when it cannot be written.</exception>
    public void Write(string path)
    {
        byte[] bytes = ToBytes();
        try
        {
            if (!File.Exists(path) || !File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes))
            {
                Disk.Replace(Path.GetFullPath(path), $"{Path.GetFullPath(path)}.{Guid.NewGuid():N}.tmp", bytes);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.LockNotWritable(path, e);
        }
    }

    /// <summary>The file's bytes.</summary>
    /// <returns>JSON, indented by two, lines ended by a line feed.</returns>
    public byte[] ToBytes() => ModelJson.Write(json =>
    {
        json.WriteNumber("version", Version);
        json.WriteStartArray("checkpoints");
        foreach (LockedModel model in Models)
        {
            WriteModel(json, model);
        }

        json.WriteEndArray();
    });

    // Editors of Windows begin a text with the mark of UTF-8.
    private static ReadOnlyMemory<byte> WithoutMark(byte[] bytes) => bytes.AsSpan().StartsWith("\ufeff"u8) ? bytes.AsMemory(3) : bytes;

    private static void WriteModel(Utf8JsonWriter json, LockedModel model)
    {
        json.WriteStartObject();
        json.WriteString("source", model.Source);
        json.WriteString("revision", model.Revision);
        if (model.Selection.Length > 0)
        {
            json.WriteString("selection", model.Selection);
        }

        json.WriteString("commit", model.Commit);
        if (model.License is { } license)
        {
            json.WriteString("license", license);
        }

        json.WriteStartArray("files");
        foreach (LockedFile file in model.Files)
        {
            json.WriteStartObject();
            ModelJson.WriteFile(json, file);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    // Two that a merge left side by side would be one by chance.
    private static CheckpointLock Checked(CheckpointLock read)
    {
        foreach (LockedModel model in read.Models)
        {
            string what = $"'{model.Source}' at '{model.Revision}'";
            string? fault = model.Files.IsEmpty ? $"{what} has no files"
                : model.Files.GroupBy(f => f.Path, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice ? $"{what} has the file '{twice.Key}' twice"
                : read.Models.Count(m => m.IsFor(model)) > 1 ? $"{what} stands in it twice"
                : ModelReference.Parse(model.Source) is not { } name ? $"{what} is no name of a model"
                : name.Origin == ModelOrigin.HuggingFace && !HubCache.IsCommit(model.Commit) ? $"{what} is locked at '{model.Commit}', which is no commit"
                : null;
            if (fault is not null)
            {
                throw new FormatException(fault);
            }
        }

        return read;
    }

    private static LockedModel ReadModel(JsonElement model) => new(
        ModelJson.Text(model, "source"),
        model.GetProperty("revision").GetString() ?? "",
        model.TryGetProperty("selection", out JsonElement selection) ? selection.GetString() ?? "" : "",
        ModelJson.Text(model, "commit") is { } commit && HubTree.IsSafe(commit) && !commit.Contains('/', StringComparison.Ordinal) ? commit : throw new FormatException("a commit is none"),
        [.. model.GetProperty("files").EnumerateArray().Select(ModelJson.ReadFile).OrderBy(f => f.Path, StringComparer.Ordinal)])
    {
        License = model.TryGetProperty("license", out JsonElement license) ? license.GetString() : null,
    };
}

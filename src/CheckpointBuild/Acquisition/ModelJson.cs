using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CheckpointBuild.Acquisition;

/// <summary>What the room's own JSON files have in common: how they are written, how a file of a model stands in them, and what reading damaged ones throws.</summary>
internal static class ModelJson
{
    private static readonly JsonWriterOptions Written = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes an object.</summary>
    /// <param name="members">Writes its members.</param>
    /// <returns>JSON, indented, lines ended by a line feed.</returns>
    public static byte[] Write(Action<Utf8JsonWriter> members)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Written))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    /// <summary>Writes what is known of a file into the object that was begun.</summary>
    /// <param name="json">The writer.</param>
    /// <param name="file">The file.</param>
    public static void WriteFile(Utf8JsonWriter json, LockedFile file)
    {
        json.WriteString("path", file.Path);
        json.WriteNumber("size", file.Size);
        json.WriteString("sha256", file.Sha256);
    }

    /// <summary>Reads what is known of a file. It goes into paths, and may come with somebody else's change.</summary>
    /// <param name="file">Its object.</param>
    /// <returns>The file.</returns>
    /// <exception cref="FormatException">It is not described as it must be.</exception>
    public static LockedFile ReadFile(JsonElement file)
    {
        var read = new LockedFile(Text(file, "path"), file.GetProperty("size").GetInt64(), Text(file, "sha256"));
        return HubTree.IsSafe(read.Path) && read.Size is >= 0 and <= HubTree.MostFileBytes && read.Sha256.Length == 64 && ContentIdentity.IsHash(read.Sha256)
            ? read
            : throw new FormatException($"the file '{read.Path}' is not described as it must be");
    }

    /// <summary>A text that must be there.</summary>
    /// <param name="parent">Its object.</param>
    /// <param name="name">Its name.</param>
    /// <returns>The text, not empty.</returns>
    /// <exception cref="FormatException">It is empty.</exception>
    public static string Text(JsonElement parent, string name) => parent.GetProperty(name).GetString() is { Length: > 0 } text ? text : throw new FormatException($"'{name}' is empty");

    /// <summary>Whether an exception says that a text is no JSON, or not of the form that is read.</summary>
    /// <param name="e">The exception.</param>
    /// <returns>True when it does.</returns>
    public static bool IsDamage(Exception e) => e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or OverflowException;
}

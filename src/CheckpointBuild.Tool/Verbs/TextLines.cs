using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Tool.Verbs;

/// <summary>Reads the text files that verbs take.</summary>
internal static class TextLines
{
    private const int MostBytes = 1 << 30;

    /// <summary>Reads a whole text in UTF-8; bytes that are none become U+FFFD.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The text.</returns>
    public static string ReadAll(string path)
    {
        using var source = new FileSource(path);
        return source.Length <= MostBytes ? Encoding.UTF8.GetString(source.ReadBytes(0, (int)source.Length)) : throw Errors.SmallFileTooLarge(source.Name, source.Length, MostBytes);
    }

    /// <summary>Reads a whole text that numbers are made of.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The text.</returns>
    /// <exception cref="CheckpointException">CKPT9004 for bytes that are no UTF-8.</exception>
    public static string ReadText(string path)
    {
        using var source = new FileSource(path);
        byte[] bytes = source.Length <= MostBytes ? source.ReadBytes(0, (int)source.Length) : throw Errors.SmallFileTooLarge(source.Name, source.Length, MostBytes);
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : throw Errors.BadLine(source.Name, "it holds bytes that are no UTF-8");
    }

    /// <summary>Reads a JSON value a line; empty lines are passed over.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The values in order.</returns>
    /// <exception cref="CheckpointException">CKPT9004 naming the line that is no JSON.</exception>
    public static IEnumerable<JsonElement> ReadJson(string path) => ReadJson(path, line => line);

    /// <summary>Reads something of a JSON value a line; empty lines are passed over.</summary>
    /// <typeparam name="T">What is read.</typeparam>
    /// <param name="path">The file.</param>
    /// <param name="read">Reads it.</param>
    /// <returns>What was read, in order.</returns>
    /// <exception cref="CheckpointException">CKPT9004 naming the line that is wrong.</exception>
    public static IEnumerable<T> ReadJson<T>(string path, Func<JsonElement, T> read)
    {
        int number = 0;
        foreach (string line in ReadAll(path).Split('\n'))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                yield return Parse(path, line, number, read);
            }
        }
    }

    /// <summary>A text field of a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="name">The field.</param>
    /// <returns>The text.</returns>
    /// <exception cref="CheckpointException">CKPT9004 when there is none.</exception>
    public static string Text(JsonElement line, string name) =>
        line.ValueKind == JsonValueKind.Object && line.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new LineException($"it has no text '{name}'");

    private static T Parse<T>(string path, string line, int number, Func<JsonElement, T> read)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return read(document.RootElement.Clone());
        }
        catch (JsonException e)
        {
            throw Errors.BadLine($"{Path.GetFullPath(path)}({number})", e.Message);
        }
        catch (LineException e)
        {
            throw Errors.BadLine($"{Path.GetFullPath(path)}({number})", e.Message);
        }
    }
}

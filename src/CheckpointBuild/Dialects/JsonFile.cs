using System;
using System.Text.Json;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Dialects;

/// <summary>Reads the small JSON files of a checkpoint: objects, of bounded depth, without comments.</summary>
internal static class JsonFile
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <summary>Parses a file.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="bytes">Its bytes, UTF-8 with or without a byte order mark.</param>
    /// <returns>Its root object.</returns>
    /// <exception cref="CheckpointException">CKPT2003 when it is no JSON object.</exception>
    public static JsonElement Parse(string path, ReadOnlyMemory<byte> bytes)
    {
        ReadOnlyMemory<byte> text = bytes.Span.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, Strict);
            CheckTexts(document.RootElement);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw Errors.ConfigNotJson(path, $"its root is {document.RootElement.ValueKind}");
        }
        catch (JsonException e)
        {
            throw Errors.ConfigNotJson(path, e.LineNumber is { } line ? $"line {line + 1}, byte {e.BytePositionInLine}: {e.Message}" : e.Message);
        }
        catch (InvalidOperationException e)
        {
            throw Errors.ConfigNotJson(path, e.Message);
        }
    }

    // Escapes may spell half a surrogate pair, which is found only when the text is asked for: every text is asked for once, here.
    private static void CheckTexts(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                _ = element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in element.EnumerateArray())
                {
                    CheckTexts(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    _ = property.Name;
                    CheckTexts(property.Value);
                }

                break;
        }
    }
}

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace CheckpointBuild.Models;

/// <summary>What the head of a model card (<c>README.md</c>) says of a model: licence, author, base models, languages. The head is the YAML between the first line, <c>---</c>, and the next such line.</summary>
/// <remarks>Every scalar is its text as it stands (<c>1.0</c>, <c>no</c>): the card names things, and computes nothing. An absent value is null.</remarks>
internal static class ModelCard
{
    /// <summary>The card's name beside the weights.</summary>
    public const string FileName = "README.md";

    private const string Fence = "---";

    // Cards are prose of some pages; a head is some dozen lines.
    private const int MostHeadBytes = 1 << 20;
    private const int MostDepth = 16;

    /// <summary>Reads the head of a card.</summary>
    /// <param name="card">The file, or null.</param>
    /// <param name="warn">Receives CKPT2016 where the head is not to be read; nothing of it counts then.</param>
    /// <returns>The fields; empty where there are none.</returns>
    public static JsonObject Read(Sidecar? card, Action<Diagnostic> warn)
    {
        if (card is null)
        {
            return [];
        }

        ByteSource source = card.Open();
        byte[] bytes = source.ReadBytes(0, (int)Math.Min(source.Length, MostHeadBytes));
        string[] lines = System.Text.Encoding.UTF8.GetString(bytes).ReplaceLineEndings("\n").Split('\n');
        if (lines[0] != Fence)
        {
            return [];
        }

        int end = Array.IndexOf(lines, Fence, 1);
        try
        {
            return end < 0 && source.Length > MostHeadBytes
                ? throw new YamlException($"it does not end within {MostHeadBytes} bytes")
                : Parse(string.Join('\n', lines[1..(end < 0 ? lines.Length : end)]).Replace("\t", "  ", StringComparison.Ordinal));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The scanner throws what it likes at odd text; a card is never a reason not to build.
            warn(Errors.CardNotRead(source.Name, e.Message));
            return [];
        }
    }

    // By events, which no depth of nesting and no alias can blow up.
    private static JsonObject Parse(string yaml)
    {
        var parser = new Parser(new StringReader(yaml));
        parser.Consume<StreamStart>();
        if (!parser.TryConsume<DocumentStart>(out _))
        {
            return [];
        }

        return ReadNode(parser, [], 0) as JsonObject ?? [];
    }

    private static JsonNode? ReadNode(Parser parser, Dictionary<AnchorName, JsonNode?> anchors, int depth)
    {
        if (depth > MostDepth)
        {
            throw new YamlException($"it is nested deeper than {MostDepth} levels");
        }

        if (parser.Current is AnchorAlias alias)
        {
            parser.MoveNext();
            return anchors.TryGetValue(alias.Value, out JsonNode? known) ? known?.DeepClone() : throw new YamlException($"the anchor '{alias.Value}' is not known");
        }

        AnchorName anchor = parser.Current is NodeEvent start ? start.Anchor : AnchorName.Empty;
        JsonNode? node = null;
        if (parser.Current is Scalar scalar)
        {
            parser.MoveNext();
            node = IsNull(scalar) ? null : JsonValue.Create(scalar.Value);
        }
        else if (parser.TryConsume<SequenceStart>(out _))
        {
            var list = new JsonArray();
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                list.Add(ReadNode(parser, anchors, depth + 1));
            }

            node = list;
        }
        else
        {
            parser.Consume<MappingStart>();
            var fields = new JsonObject();
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                string key = ReadNode(parser, anchors, depth + 1) is JsonValue name ? name.GetValue<string>() : throw new YamlException("a key is no text");
                fields[key] = ReadNode(parser, anchors, depth + 1);
            }

            node = fields;
        }

        // What an alias repeats is a text: one that repeats lists of lists would be larger than the card by far.
        if (!anchor.IsEmpty && node is null or JsonValue)
        {
            anchors[anchor] = node;
        }

        return node;
    }

    private static bool IsNull(Scalar scalar) => scalar.IsPlainImplicit && scalar.Style == ScalarStyle.Plain && scalar.Value is "" or "~" or "null" or "Null" or "NULL";

    /// <summary>A field's text, or a list's texts joined by commas.</summary>
    /// <param name="fields">A card's fields.</param>
    /// <param name="names">The field, by each name that it goes by; the first that is not null counts.</param>
    /// <returns>The text, or null.</returns>
    public static string? TextOf(JsonObject fields, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (Texts(fields[name]) is { Length: > 0 } texts)
            {
                return string.Join(',', texts);
            }
        }

        return null;
    }

    /// <summary>The texts of a value: one, or those of a list.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The texts in order.</returns>
    public static string[] Texts(JsonNode? value) => value switch
    {
        JsonValue text => [text.GetValue<string>()],
        JsonArray list => [.. list.OfType<JsonValue>().Select(t => t.GetValue<string>())],
        _ => [],
    };
}

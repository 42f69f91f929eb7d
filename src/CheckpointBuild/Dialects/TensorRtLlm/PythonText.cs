using System;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CheckpointBuild.Tokenizers.Templates;

namespace CheckpointBuild.Dialects.TensorRtLlm;

/// <summary>Writes JSON as Python's <c>json.dump(indent=4)</c> does: floats as Python's <c>repr</c>, integers as they are, everything beyond ASCII escaped, no line end at the end.</summary>
internal static class PythonText
{
    private const int Indent = 4;

    /// <summary>Writes an object.</summary>
    /// <param name="root">The object; its keys keep their order.</param>
    /// <returns>The text.</returns>
    public static string Write(JsonObject root)
    {
        var text = new StringBuilder();
        Write(text, root, 0);
        return text.ToString();
    }

    private static void Write(StringBuilder text, JsonNode? node, int depth)
    {
        switch (node)
        {
            case null:
                text.Append("null");
                break;
            case JsonObject { Count: 0 }:
                text.Append("{}");
                break;
            case JsonArray { Count: 0 }:
                text.Append("[]");
                break;
            case JsonObject pairs:
                char before = '{';
                foreach ((string key, JsonNode? value) in pairs)
                {
                    NewLine(text.Append(before), depth + 1);
                    WriteString(text, key);
                    Write(text.Append(": "), value, depth + 1);
                    before = ',';
                }

                NewLine(text, depth).Append('}');
                break;
            case JsonArray items:
                char separator = '[';
                foreach (JsonNode? item in items)
                {
                    NewLine(text.Append(separator), depth + 1);
                    Write(text, item, depth + 1);
                    separator = ',';
                }

                NewLine(text, depth).Append(']');
                break;
            default:
                WriteValue(text, node.AsValue());
                break;
        }
    }

    private static StringBuilder NewLine(StringBuilder text, int depth) => text.Append('\n').Append(' ', depth * Indent);

    private static void WriteValue(StringBuilder text, JsonValue value)
    {
        switch (value.GetValueKind())
        {
            case JsonValueKind.String:
                WriteString(text, value.GetValue<string>());
                break;
            case JsonValueKind.True or JsonValueKind.False:
                text.Append(value.GetValueKind() == JsonValueKind.True ? "true" : "false");
                break;
            default:
                // A number of a file keeps its kind: 10000 stays an integer, 1e-5 is a float and becomes 1e-05. A float of our own is one even where it is whole.
                string written = value.ToJsonString();
                bool isFloat = value.TryGetValue(out JsonElement _) ? written.AsSpan().ContainsAny('.', 'e', 'E') : value.TryGetValue(out double _) && !value.TryGetValue(out long _);
                text.Append(isFloat ? PythonNumber.Write(double.Parse(written, NumberStyles.Float, CultureInfo.InvariantCulture)) : written);
                break;
        }
    }

    private static void WriteString(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (char c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                < ' ' or > '~' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => text.Append(c),
            };
        }

        text.Append('"');
    }
}

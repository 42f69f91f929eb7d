using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text.Json;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tokenizers.Reading;

/// <summary>A value in a JSON file, which knows where it stands: whatever is wrong with it is reported by file and path.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Path">The path inside it: <c>model.vocab</c>; empty for the root.</param>
/// <param name="Element">The value.</param>
internal readonly record struct JsonPart(string File, string Path, JsonElement Element)
{
    /// <summary>Whether it is JSON's null.</summary>
    internal bool IsNull => Element.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;

    /// <summary>Whether it is an object.</summary>
    internal bool IsObject => Element.ValueKind == JsonValueKind.Object;

    /// <summary>Whether it is an array.</summary>
    internal bool IsArray => Element.ValueKind == JsonValueKind.Array;

    /// <summary>Whether it is a string.</summary>
    internal bool IsText => Element.ValueKind == JsonValueKind.String;

    /// <summary>Opens a file.</summary>
    /// <param name="file">Its name.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <returns>Its root, an object.</returns>
    /// <exception cref="CheckpointException">CKPT2100 where it is no JSON.</exception>
    internal static JsonPart Open(string file, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var root = new JsonPart(file, "", JsonDocument.Parse(bytes.Span is [0xEF, 0xBB, 0xBF, ..] ? bytes[3..] : bytes).RootElement);
            return root.IsObject ? root : throw root.Wrong("an object");
        }
        catch (JsonException problem)
        {
            throw Errors.TokenizerFileDamaged(file, problem.Message, problem);
        }
    }

    /// <summary>A field.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The field; null in JSON's sense where it is missing.</returns>
    internal JsonPart this[string name] => IsObject && Element.TryGetProperty(name, out JsonElement value) ? At(name, value) : At(name, default);

    /// <summary>The string that it is.</summary>
    /// <returns>The string.</returns>
    internal string Text()
    {
        try
        {
            return Element.ValueKind == JsonValueKind.String ? Element.GetString()! : throw Wrong("a string");
        }
        catch (InvalidOperationException problem)
        {
            throw Errors.TokenizerFileDamaged(File, $"the text at '{Path}' is not Unicode", problem);
        }
    }

    /// <summary>The string that it is.</summary>
    /// <returns>The string, or null where the value is missing.</returns>
    internal string? TextOrNull() => IsNull ? null : Text();

    /// <summary>The boolean that it is.</summary>
    /// <param name="otherwise">What a missing value means.</param>
    /// <returns>The boolean.</returns>
    internal bool Flag(bool otherwise) => Element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Null or JsonValueKind.Undefined => otherwise,
        _ => throw Wrong("true or false"),
    };

    /// <summary>The integer that it is.</summary>
    /// <returns>The integer.</returns>
    internal long Integer() => Element.ValueKind == JsonValueKind.Number && Element.TryGetInt64(out long value) ? value : throw Wrong("an integer");

    /// <summary>The number that it is.</summary>
    /// <returns>The number.</returns>
    internal double Number() => Element.ValueKind == JsonValueKind.Number && Element.TryGetDouble(out double value) ? value : throw Wrong("a number");

    /// <summary>The elements of the array that it is.</summary>
    /// <returns>They, in order; none where the value is missing.</returns>
    internal IEnumerable<JsonPart> Items()
    {
        if (IsNull)
        {
            yield break;
        }

        if (!IsArray)
        {
            throw Wrong("an array");
        }

        int index = 0;
        foreach (JsonElement item in Element.EnumerateArray())
        {
            yield return new JsonPart(File, string.Create(CultureInfo.InvariantCulture, $"{Path}[{index++}]"), item);
        }
    }

    /// <summary>The fields of the object that it is.</summary>
    /// <returns>Names and values, in order; none where the value is missing.</returns>
    internal IEnumerable<(string Name, JsonPart Value)> Fields()
    {
        if (IsNull)
        {
            yield break;
        }

        if (!IsObject)
        {
            throw Wrong("an object");
        }

        foreach (JsonProperty property in Element.EnumerateObject())
        {
            string name = NameOf(property);
            yield return (name, At(name, property.Value));
        }
    }

    /// <summary>The error of a value that is not what it must be.</summary>
    /// <param name="needed">What it must be.</param>
    /// <returns>CKPT2101.</returns>
    internal CheckpointException Wrong(string needed) => Errors.TokenizerFieldWrong(File, Path.Length == 0 ? "the file's root" : Path, Found(), needed);

    private JsonPart At(string name, JsonElement value) => new(File, Path.Length == 0 ? name : $"{Path}.{name}", value);

    /// <summary>The name of a field of the object that it is.</summary>
    /// <param name="property">The field.</param>
    /// <returns>The name.</returns>
    internal string NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException problem)
        {
            throw Errors.TokenizerFileDamaged(File, $"a name at '{Path}' is not Unicode", problem);
        }
    }

    private string Found() => Element.ValueKind switch
    {
        JsonValueKind.Undefined => "missing",
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.Null => "null",
        JsonValueKind.String => "a string",
        _ => Element.GetRawText() is { Length: <= 40 } raw ? raw : "a number",
    };
}

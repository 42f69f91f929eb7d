using System;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Models;

/// <summary>Reads fields of a Hugging Face <c>config.json</c>; whatever is missing or out of range is an error that names file, field, found and needed.</summary>
/// <remarks>A field that files call by several names is asked for as <c>n_embd|hidden_size</c>: the first that is there counts.</remarks>
public sealed partial class ConfigReader
{
    private readonly JsonElement _root;

    /// <summary>Wraps a parsed configuration.</summary>
    /// <param name="file">The file, for messages.</param>
    /// <param name="root">Its root object.</param>
    public ConfigReader(string file, JsonElement root)
    {
        File = file;
        _root = root;
    }

    /// <summary>The file, for messages.</summary>
    public string File { get; }

    /// <summary>A whole number from 1 to 2^31 - 1 that must be there.</summary>
    /// <param name="name">The field.</param>
    /// <returns>The number.</returns>
    public int Count(string name) => OptionalCount(name) ?? throw Errors.ConfigFieldMissing(File, name);

    /// <summary>A whole number from 1 to 2^31 - 1; null where the field is absent or null.</summary>
    /// <param name="name">The field.</param>
    /// <returns>The number, or null.</returns>
    public int? OptionalCount(string name) => Field(_root, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt32(out int number) && number > 0 => number,
        { } value => throw Errors.ConfigFieldWrong(File, name, Show(value), "a whole number from 1"),
    };

    /// <summary>A whole number from 0; 0 where the field is null.</summary>
    /// <param name="name">The field.</param>
    /// <param name="absent">What holds where the field is absent.</param>
    /// <returns>The number.</returns>
    public int Size(string name, int absent) => Stated(name) switch
    {
        null => absent,
        { ValueKind: JsonValueKind.Null } => 0,
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt32(out int number) && number >= 0 => number,
        { } value => throw Errors.ConfigFieldWrong(File, name, Show(value), "a whole number"),
    };

    /// <summary>A number above 0 that may be switched off by null.</summary>
    /// <param name="name">The field.</param>
    /// <param name="absent">What holds where the field is absent.</param>
    /// <returns>The number, or null.</returns>
    public double? SoftCap(string name, double? absent) => Stated(name) is null ? absent : OptionalNumber(name);

    /// <summary>An object inside the configuration.</summary>
    /// <param name="name">The field.</param>
    /// <returns>A reader of it; of nothing where the field is absent.</returns>
    public ConfigReader Inner(string name) => Field(_root, name) switch
    {
        null => new ConfigReader(File, default),
        { ValueKind: JsonValueKind.Object } value => new ConfigReader(File, value),
        { } value => throw Errors.ConfigFieldWrong(File, name, Show(value), "an object"),
    };

    /// <summary>A finite number; null where the field is absent or null.</summary>
    /// <param name="name">The field.</param>
    /// <returns>The number, or null.</returns>
    public double? OptionalNumber(string name) => Number(_root, name);

    /// <summary>True or false; null where the field is absent or null.</summary>
    /// <param name="name">The field.</param>
    /// <returns>The flag, or null.</returns>
    public bool? OptionalFlag(string name) => Field(_root, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } value => throw Errors.ConfigFieldWrong(File, name, Show(value), "true or false"),
    };

    /// <summary>A text; null where the field is absent or null.</summary>
    /// <param name="name">The field.</param>
    /// <returns>The text, or null.</returns>
    public string? OptionalText(string name) => Text(_root, name);

    /// <summary>A token id: a number, or the first of a list; null where absent.</summary>
    /// <param name="name">The field.</param>
    /// <returns>The id, or null.</returns>
    public int? OptionalToken(string name) => Tokens(name) is [int first, ..] ? first : null;

    /// <summary>Token ids: a number, a list, or nothing.</summary>
    /// <param name="name">The field.</param>
    /// <returns>The ids in order.</returns>
    public ImmutableArray<int> Tokens(string name)
    {
        JsonElement? field = Field(_root, name);
        return field switch
        {
            null => [],
            { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Select(Token)],
            { } value => [Token(value)],
        };

        int Token(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int id) && id >= 0
            ? id
            : throw Errors.ConfigFieldWrong(File, name, Show(value), "a token id or a list of them");
    }

    /// <summary>One field divided by another, where the division leaves no rest.</summary>
    /// <param name="numerator">The field that is divided.</param>
    /// <param name="denominator">The field that it is divided by.</param>
    /// <returns>The quotient.</returns>
    public int Quotient(string numerator, string denominator)
    {
        (int quotient, int rest) = Math.DivRem(Count(numerator), Count(denominator));
        return rest == 0 && quotient > 0
            ? quotient
            : throw Errors.ConfigFieldWrong(File, numerator, $"{Count(numerator)}", $"a multiple of {denominator} ({Count(denominator)}), or head_dim stated");
    }

    /// <summary>The nonlinearity that a field names.</summary>
    /// <param name="name">The field.</param>
    /// <param name="fallback">What holds where it is absent.</param>
    /// <returns>The nonlinearity.</returns>
    public Activation Activation(string name, Activation fallback) => OptionalText(name) switch
    {
        null => fallback,
        "silu" or "swish" => Models.Activation.Silu,
        "gelu" => Models.Activation.Gelu,
        "gelu_new" or "gelu_pytorch_tanh" or "gelu_fast" => Models.Activation.GeluTanh,
        "relu" => Models.Activation.Relu,
        "relu2" => Models.Activation.ReluSquared,
        { } other => throw Errors.ConfigFieldWrong(File, name, other, "one of silu, swish, gelu, gelu_new, gelu_pytorch_tanh, gelu_fast, relu, relu2"),
    };

    // Null where the field is absent, an element of null where it is null.
    private JsonElement? Stated(string name) => _root.ValueKind == JsonValueKind.Object && _root.TryGetProperty(name, out JsonElement value) ? value : null;

    private static JsonElement? Field(JsonElement parent, string names)
    {
        if (parent.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        foreach (Range name in names.AsSpan().Split('|'))
        {
            if (parent.TryGetProperty(names.AsSpan(name), out JsonElement value) && value.ValueKind != JsonValueKind.Null)
            {
                return value;
            }
        }

        return null;
    }

    private double? Number(JsonElement parent, string name) => Field(parent, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetDouble(out double number) && double.IsFinite(number) => number,
        { } value => throw Errors.ConfigFieldWrong(File, name, Show(value), "a number"),
    };

    private string? Text(JsonElement parent, string name) => Field(parent, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        { } value => throw Errors.ConfigFieldWrong(File, name, Show(value), "a text"),
    };

    private static string Show(JsonElement value)
    {
        string text = value.GetRawText();
        return text.Length <= 40 ? text : text[..40] + "…";
    }
}

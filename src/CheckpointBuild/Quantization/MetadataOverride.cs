using System;
using System.Globalization;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Quantization;

/// <summary>A value that a GGUF file's metadata gets, as <c>llama-quantize --override-kv</c> takes it: <c>llama.context_length=int:512</c>, <c>general.name=str:Other</c>.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">A <see cref="uint"/>, <see cref="float"/>, <see cref="bool"/> or <see cref="string"/>.</param>
public sealed record MetadataOverride(string Key, object Value)
{
    private const string Option = "override-kv";

    // What describes the file itself: readers take the bytes behind it by it.
    private static readonly string[] OfTheFile = ["general.alignment", "split.no", "split.count", "split.tensors.count"];

    /// <summary>Reads one.</summary>
    /// <param name="text"><c>key=type:value</c>, where the type is int, float, bool or str.</param>
    /// <returns>The override.</returns>
    /// <exception cref="CheckpointException">CKPT9001 where it is none.</exception>
    public static MetadataOverride Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int mark = text.IndexOf('=', StringComparison.Ordinal), colon = mark < 0 ? -1 : text.IndexOf(':', mark);
        string key = mark > 0 ? text[..mark].Trim() : "", value = colon < 0 ? "" : text[(colon + 1)..];
        object? found = colon < 0 || key.Length == 0 ? null : text[(mark + 1)..colon] switch
        {
            "int" when uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) => number,
            "float" when float.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out float number) && float.IsFinite(number) => number,
            "bool" when value is "true" or "false" => value == "true",
            "str" => value,
            _ => null,
        };
        return found is not null && Array.IndexOf(OfTheFile, key) < 0 ? new MetadataOverride(key, found)
            : throw Errors.UnknownOptionValue(Option, text, "GGUF", ["key=int:N (N from 0 to 4294967295)", "key=float:X", "key=bool:true or false", "key=str:TEXT", "keys that do not describe the file itself"]);
    }

    /// <summary>Writes it as it is read.</summary>
    /// <returns><c>key=type:value</c>.</returns>
    public override string ToString() => Value switch
    {
        uint number => string.Create(CultureInfo.InvariantCulture, $"{Key}=int:{number}"),
        float number => string.Create(CultureInfo.InvariantCulture, $"{Key}=float:{number:R}"),
        bool flag => $"{Key}=bool:{(flag ? "true" : "false")}",
        _ => $"{Key}=str:{Value}",
    };
}

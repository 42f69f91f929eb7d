using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Numerics;
using System.Text.Json;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tests.Formats;
using CheckpointBuild.Tests.Infrastructure;

namespace CheckpointBuild.Tests.PyTorch;

/// <summary>What a golden listing says of a PyTorch file, held against what we read: <c>tensors</c>, <c>values</c> and <c>containers</c> by path.</summary>
internal static class TorchListing
{
    /// <summary>The differences between a file and its listing.</summary>
    /// <param name="file">What was read.</param>
    /// <param name="listing">The expected JSON.</param>
    /// <returns>One line each; empty when all is equal.</returns>
    public static IEnumerable<string> Differences(PyTorchFile file, JsonElement listing)
    {
        JsonElement[] tensors = [.. listing.GetProperty("tensors").EnumerateArray()];
        string[] wanted = [.. tensors.Select(t => $"{Path(t)} {t.GetProperty("dtype").GetString()} [{string.Join(", ", t.GetProperty("shape").EnumerateArray())}] {t.GetProperty("sha256").GetString()}")];
        string[] found = [.. Tensors(file.Root, []).Select(t => $"{t.Path} {TorchDTypes.Find(t.Tensor.DType)!.Value.Name} {t.Tensor.Shape} {Hash.Of(PlanBytes.Of(t.Tensor)[0])}")];
        return Compare("tensor", wanted, found).Concat(Compare("value", Values(listing), [.. file.Values.Select(Describe)]));
    }

    private static IEnumerable<string> Compare(string what, string[] wanted, string[] found) =>
        wanted.Except(found).Select(w => $"missing {what}: {w}").Concat(found.Except(wanted).Select(f => $"extra {what}: {f}"));

    private static IEnumerable<(string Path, Tensor Tensor)> Tensors(object? value, string[] path) => value switch
    {
        Tensor tensor => [(JsonSerializer.Serialize(path), tensor)],
        PickleDictionary dictionary => dictionary.SelectMany(p => Tensors(p.Value, [.. path, Key(p.Key)])),
        PickleSequence sequence => sequence.SelectMany((item, i) => Tensors(item, [.. path, i.ToString(CultureInfo.InvariantCulture)])),
        _ => [],
    };

    private static string Path(JsonElement entry) => JsonSerializer.Serialize(entry.GetProperty("path").EnumerateArray().Select(KeyOf).ToArray());

    private static string KeyOf(JsonElement key) => key.ValueKind switch
    {
        JsonValueKind.String => key.GetString()!,
        JsonValueKind.Number => key.GetRawText(),
        JsonValueKind.Object when key.TryGetProperty("bool", out JsonElement flag) => flag.GetBoolean() ? "True" : "False",
        JsonValueKind.Object when key.TryGetProperty("none", out _) => "None",
        JsonValueKind.Object when key.TryGetProperty("float", out JsonElement number) => number.GetString()!,
        JsonValueKind.Object when key.TryGetProperty("tuple", out JsonElement tuple) => $"({string.Join(", ", tuple.EnumerateArray().Select(KeyOf))})",
        _ => key.GetRawText(),
    };

    private static string Key(object? key) => key switch
    {
        null => "None",
        bool flag => flag ? "True" : "False",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        PickleSequence tuple => $"({string.Join(", ", tuple.Select(Key))})",
        _ => Convert.ToString(key, CultureInfo.InvariantCulture)!,
    };

    private static string[] Values(JsonElement listing) =>
    [
        .. listing.GetProperty("values").EnumerateArray()
            .Select(v => $"{string.Join('.', v.GetProperty("path").EnumerateArray().Select(KeyOf))} {v.GetProperty("type").GetString()} {ValueOf(v)}"),
        .. listing.GetProperty("containers").EnumerateArray()
            .Where(c => c.GetProperty("count").GetInt32() == 0)
            .Select(c => $"{string.Join('.', c.GetProperty("path").EnumerateArray().Select(KeyOf))} {c.GetProperty("type").GetString()} 0"),
    ];

    private static string ValueOf(JsonElement value) => value.GetProperty("type").GetString() switch
    {
        "float" => value.GetProperty("bits").GetString()!,
        "size" or "set" or "complex" => string.Join(",", value.GetProperty("value").EnumerateArray().Select(e => e.ToString())),
        "none" => "",
        _ => value.GetProperty("value").ToString(),
    };

    private static string Describe(PyTorchValue value) => value.Value switch
    {
        null => $"{value.Path} none ",
        double number => $"{value.Path} float {BitConverter.DoubleToUInt64Bits(number):x16}",
        bool flag => $"{value.Path} bool {flag}",
        byte[] bytes => $"{value.Path} bytes {Convert.ToHexStringLower(bytes)}",
        Complex number => $"{value.Path} complex {Spell(number.Real)},{Spell(number.Imaginary)}",
        PickleCall { Function.Name: "bytearray" } call => $"{value.Path} bytearray {Convert.ToHexStringLower((byte[])call.Arguments[0]!)}",
        PickleCall call => $"{value.Path} {call.Function.Name} {string.Join(":", call.Arguments)}",
        PickleName name => $"{value.Path} {value.Type} {name.Name}",
        PickleSequence { Kind: PickleSequenceKind.Set or PickleSequenceKind.Size } items => $"{value.Path} {value.Type} {string.Join(",", items)}",
        PickleSequence or PickleDictionary => $"{value.Path} {value.Type} 0",
        var other => $"{value.Path} {value.Type} {Convert.ToString(other, CultureInfo.InvariantCulture)}",
    };

    // Python's shortest text always shows that a float is one.
    private static string Spell(double number) => number.ToString("R", CultureInfo.InvariantCulture) is var text && text.All(c => char.IsAsciiDigit(c) || c == '-') ? text + ".0" : text;
}

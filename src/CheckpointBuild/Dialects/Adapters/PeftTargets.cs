using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.Adapters;

/// <summary>Which modules an <c>adapter_config.json</c> asks for: <c>target_modules</c> as a list of name ends, one regular expression or <c>all-linear</c>, less <c>exclude_modules</c>, within <c>layers_to_transform</c>.</summary>
internal sealed class PeftTargets
{
    private const string AllLinear = "all-linear";
    private const string Saved = "modules_to_save";

    /// <summary>The fields that take modules out of <c>target_modules</c>; whoever writes that list anew leaves them out.</summary>
    internal static readonly string[] Narrowing = ["exclude_modules", "layers_to_transform", "layers_pattern"];

    private readonly string _path;
    private readonly Func<string, bool> _isTargeted;
    private readonly Func<string, bool> _isExcluded;
    private readonly bool _isAllLinear;
    private readonly int[]? _layers;
    private readonly string[] _layerPatterns;
    private readonly string[] _saved;

    private PeftTargets(string path, JsonElement root, JsonElement targets)
    {
        _path = path;
        _isAllLinear = targets.ValueKind == JsonValueKind.String && string.Equals(targets.GetString(), AllLinear, StringComparison.OrdinalIgnoreCase);
        _isTargeted = _isAllLinear ? _ => true : Matcher("target_modules", targets);
        _isExcluded = root.TryGetProperty("exclude_modules", out JsonElement excluded) && excluded.ValueKind != JsonValueKind.Null ? Matcher("exclude_modules", excluded) : _ => false;
        bool isList = targets.ValueKind == JsonValueKind.Array;
        _layers = isList && root.TryGetProperty("layers_to_transform", out JsonElement layers) ? Layers(layers) : null;
        _layerPatterns = root.TryGetProperty("layers_pattern", out JsonElement patterns) ? Texts(path, "layers_pattern", patterns) : [];
        _saved = root.TryGetProperty(Saved, out JsonElement saved) ? Texts(path, Saved, saved) : [];
    }

    /// <summary>Reads the targets.</summary>
    /// <param name="settings">The settings.</param>
    /// <returns>Says of a module whether it is asked for; null where nothing is stated.</returns>
    public static Func<string, RoleKind, bool>? Of(PeftSettings settings) =>
        settings.Root.TryGetProperty("target_modules", out JsonElement targets) && targets.ValueKind != JsonValueKind.Null ? new PeftTargets(settings.Path, settings.Root, targets).Includes : null;

    /// <summary>Reads <c>modules_to_save</c>.</summary>
    /// <param name="settings">The settings.</param>
    /// <returns>Says of a module whether the file must have it as a whole; null where nothing is stated.</returns>
    /// <exception cref="CheckpointException">CKPT2002 when the field is no list of names.</exception>
    public static Func<string, bool>? WholesOf(PeftSettings settings)
    {
        string[] saved = settings.Root.TryGetProperty(Saved, out JsonElement stated) ? Texts(settings.Path, Saved, stated) : [];
        return saved.Length == 0 ? null : module => IsEndOf(saved, module);
    }

    private static bool IsEndOf(string[] ends, string module) => ends.Any(end => module == end || module.EndsWith("." + end, StringComparison.Ordinal));

    private bool Includes(string module, RoleKind kind)
    {
        try
        {
            return !_isExcluded(module) && !_saved.Any(s => module.EndsWith(s, StringComparison.Ordinal)) && _isTargeted(module) && IsInLayers(module)
                && (!_isAllLinear || kind is not (RoleKind.TokenEmbedding or RoleKind.PositionEmbedding or RoleKind.Output));
        }
        catch (RegexMatchTimeoutException)
        {
            throw Errors.ConfigFieldWrong(_path, "target_modules", "an expression that backtracks without end", "one that is found quickly");
        }
    }

    private bool IsInLayers(string module)
    {
        if (_layers is null)
        {
            return true;
        }

        IEnumerable<string> expressions = _layerPatterns.Length == 0 ? [@".*\.[^.]*\.(\d+)\."] : _layerPatterns.Select(p => $@".*\.{p}\.(\d+)\.");
        return expressions.Select(e => PeftPattern.Compile(_path, "layers_pattern", "^" + e).Match(module)).FirstOrDefault(m => m.Success) is { } match
            && int.TryParse(match.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int layer) && _layers.Contains(layer);
    }

    private Func<string, bool> Matcher(string field, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            Regex expression = PeftPattern.Compile(_path, field, $"^(?:{value.GetString()})$");
            return expression.IsMatch;
        }

        string[] ends = Texts(_path, field, value);
        return module => IsEndOf(ends, module);
    }

    private int[]? Layers(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.Number when value.TryGetInt32(out int one) => [one],
        JsonValueKind.Array => [.. value.EnumerateArray().Select(e => e.ValueKind == JsonValueKind.Number && e.TryGetInt32(out int layer) ? layer : throw Errors.ConfigFieldWrong(_path, "layers_to_transform", e.GetRawText(), "whole numbers"))],
        _ => throw Errors.ConfigFieldWrong(_path, "layers_to_transform", value.GetRawText(), "a whole number or a list of them"),
    };

    private static string[] Texts(string path, string field, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => [],
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Array => [.. value.EnumerateArray().Select(e => e.ValueKind == JsonValueKind.String ? e.GetString()! : throw Errors.ConfigFieldWrong(path, field, e.GetRawText(), "a list of names"))],
        _ => throw Errors.ConfigFieldWrong(path, field, value.GetRawText(), "a name or a list of names"),
    };
}

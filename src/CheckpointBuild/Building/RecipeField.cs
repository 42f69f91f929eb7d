using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Building;

/// <summary>One choice of a recipe under its one name: item metadata <c>MaxShardSize</c>, option <c>--max-shard-size</c>, property <see cref="Recipe.MaxShardSize"/>.</summary>
/// <param name="Name">In PascalCase.</param>
/// <param name="Help">What it chooses, in one sentence.</param>
/// <param name="Set">Gives the recipe with the value that a text means.</param>
/// <param name="Get">The value as text in its one canonical spelling, or null where nothing was chosen.</param>
public sealed partial record RecipeField(string Name, string Help, Func<Recipe, string, Recipe> Set, Func<Recipe, string?> Get)
{
    private static readonly RecipeField[] AllArray =
    [
        new("Engine", "What is built: the dialect of the product.", (r, v) => r with { Engine = ParseEngine(v) }, r => r.Engine),
        new("EngineName", "What the product is called; default: the checkpoint's folder or file name.", (r, v) => r with { EngineName = FileName(v) }, r => r.EngineName),
        new("Format", "The source's dialect; detected when absent.", (r, v) => r with { Format = Dialect.Named(v).Name }, r => r.Format),
        new("DType", "The float type of the weights: float32, float16, bfloat16 or f32, f16, bf16; auto = as when absent.", (r, v) => r with { DType = v.Equals("auto", StringComparison.OrdinalIgnoreCase) ? null : ParseDType(v) }, r => r.DType?.LongName),
        new("Quantization", "The quantization of the weights, as the target names it: q4_k_m, q8_0; auto = each tensor's type from measurements, within the budgets.", (r, v) => r with { Quantization = v.ToLowerInvariant() }, r => r.Quantization),
        new("MaxShardSize", "The most bytes of tensors in one file: a number, or one with KB, MB, GB, KiB, MiB, GiB.", (r, v) => r with { MaxShardSize = ParseSize(v, "max-shard-size") }, r => r.MaxShardSize?.ToString(CultureInfo.InvariantCulture)),
        new("MaxEngineSize", "The most bytes that the engine may have; a larger one is refused before any work.", (r, v) => r with { MaxEngineSize = ParseSize(v, "max-engine-size") }, r => r.MaxEngineSize?.ToString(CultureInfo.InvariantCulture)),
        .. QualityFields.All,
        new("Adapter", "Adapters to merge, in order: PATH or PATH@weight, where PATH may be hf:org/name or nuget:Id; several times, or separated by ';'.", (r, v) => r with { Adapter = AdapterChoice.ParseList(v) }, r => r.Adapter.IsEmpty ? null : string.Join(';', r.Adapter)) { IsRepeatable = true, InKey = AdaptersInKey },
        new("AdapterMode", "merge: adapters go into the weights; apart: they are kept beside the product in its own ecosystem's form; alone: they are written in that form by themselves.", (r, v) => r with { AdapterMode = ParseAdapterMode(v) }, r => r.AdapterMode switch { AdapterMode.Merge => null, AdapterMode.Apart => "apart", _ => "alone" }),
        .. GgufFields.All,
        new("TorchtuneLayout", "How torchtune's folder is arranged: current (a folder for each epoch) or classic (the epoch in each name).", (r, v) => r with { TorchtuneLayout = ParseLayout(v) }, r => r.TorchtuneLayout == TorchtuneLayout.Current ? null : "classic"),
        new("PreTokenizer", "llama.cpp's name of the way in which text is split, where none of its names fits the tokenizer and one is close enough: llama-bpe, qwen2.", (r, v) => r with { PreTokenizer = v }, r => r.PreTokenizer),
        new("Compatibility", "safe: what reference tools lose silently is done right or refused; reference: their bytes.", (r, v) => r with { Compatibility = ParseCompatibility(v) }, r => r.Compatibility == Compatibility.Safe ? null : "reference"),
        .. TensorRtLlmFields(),
        .. BuildConfigFields(),
        .. EngineStepFields(),
        new("Revision", "The branch, tag or commit of a model that is fetched from the Hub; default: main.", (r, v) => r with { Revision = v }, r => r.Revision) { InKey = NotInKey },
        new("Version", "The version of a model that comes from a NuGet package.", (r, v) => r with { Version = v }, r => r.Version) { InKey = NotInKey },
        new("Files", "Which files of a repository are fetched, patterns separated by ';': these alone, +pattern these too, -pattern not these; default: what a build needs.", (r, v) => r with { Files = v }, r => r.Files) { InKey = NotInKey },
        new("KeepSource", "false: what was fetched for this build is deleted from the cache when the product is there.", (r, v) => r with { KeepSource = ParseKeepSource(v) }, r => r.KeepSource switch { null => null, true => "true", false => "false" }) { InKey = NotInKey },
    ];

    /// <summary>Every field.</summary>
    public static IReadOnlyList<RecipeField> All => AllArray;

    /// <summary>Whether the option may be given several times; its values are joined by <c>;</c>.</summary>
    public bool IsRepeatable { get; init; }

    /// <summary>Whether the option stands alone for yes: its value may be left out.</summary>
    public bool IsSwitch { get; init; }

    /// <summary>Other names of the option, as another tool's users know it.</summary>
    public ImmutableArray<string> Aliases { get; init; } = [];

    /// <summary>The value's part in the content key where paths do not belong there: files count by what they hold. Null = the value itself.</summary>
    internal Func<Recipe, string?>? InKey { get; init; }

    /// <summary>The option of the command line: <c>--max-shard-size</c>.</summary>
    public string Option => "--" + Kebab(Name);

    /// <summary>Finds a field by its name, in any case.</summary>
    /// <param name="name">In PascalCase.</param>
    /// <returns>The field, or null.</returns>
    public static RecipeField? Find(string name) => Array.Find(AllArray, f => string.Equals(f.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The recipe in one canonical text, a line per choice: what the content key is made of.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <returns>Lines <c>Name=value</c> in the order of <see cref="All"/>; what was not chosen is left out.</returns>
    public static string Normalize(Recipe recipe) => Normalize(recipe, []);

    /// <summary>The recipe in one canonical text, without some fields.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="without">The names of the fields that do not count.</param>
    /// <returns>Lines as in <see cref="Normalize(Recipe)"/>.</returns>
    internal static string Normalize(Recipe recipe, string[] without) =>
        string.Join('\n', AllArray.Where(f => !without.Contains(f.Name)).Select(f => (f.Name, Value: (f.InKey ?? f.Get)(recipe))).Where(f => f.Value is not null).Select(f => $"{f.Name}={f.Value}"));

    private static bool ParseKeepSource(string value) => bool.TryParse(value, out bool keep) ? keep : throw Errors.UnknownOptionValue("keep-source", value, "a build", ["true", "false"]);

    // Where a source comes from does not shape a product: the bytes that came do.
    private static string? NotInKey(Recipe recipe) => null;

    private static string Kebab(string name) =>
        string.Concat(name.Replace("DType", "Dtype", StringComparison.Ordinal).Select((c, i) => char.IsUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : c.ToString()));

    private static string ParseEngine(string value) => string.Equals(value, EngineTool.TensorRtLlmEngine, StringComparison.OrdinalIgnoreCase) ? EngineTool.TensorRtLlmEngine : Dialect.Known.FirstOrDefault(d => d.CanWrite && string.Equals(d.Name, value, StringComparison.OrdinalIgnoreCase))?.Name
        ?? throw Errors.UnknownOptionValue("engine", value, "a product", Dialect.Known.Where(d => d.CanWrite).Select(d => d.Name).Append(EngineTool.TensorRtLlmEngine));

    private static DType ParseDType(string value) => DTypes.DType.TryParse(value, out DType? dtype) && dtype.IsFloatingPoint
        ? dtype
        : throw Errors.UnknownOptionValue("dtype", value, "weights", DTypes.DType.All.Where(d => d.IsFloatingPoint).Select(d => d.LongName));

    private static TorchtuneLayout ParseLayout(string value) => value.ToLowerInvariant() switch
    {
        "current" => TorchtuneLayout.Current,
        "classic" => TorchtuneLayout.Classic,
        _ => throw Errors.UnknownOptionValue("torchtune-layout", value, "torchtune", ["current", "classic"]),
    };

    private static Compatibility ParseCompatibility(string value) => value.ToLowerInvariant() switch
    {
        "safe" => Compatibility.Safe,
        "reference" => Compatibility.Reference,
        _ => throw Errors.UnknownOptionValue("compatibility", value, "a build", ["safe", "reference"]),
    };

    private static AdapterMode ParseAdapterMode(string value) => value.ToLowerInvariant() switch
    {
        "merge" => AdapterMode.Merge,
        "apart" => AdapterMode.Apart,
        "alone" => AdapterMode.Alone,
        _ => throw Errors.UnknownOptionValue("adapter-mode", value, "adapters", ["merge", "apart", "alone"]),
    };

    // Weights decide bytes, and so do the names of what is kept under its name; where an adapter lies does not.
    private static string? AdaptersInKey(Recipe recipe) => recipe.Adapter.IsEmpty ? null
        : string.Join(';', recipe.Adapter.Select(a => (recipe.AdapterMode != AdapterMode.Merge ? System.IO.Path.GetFileNameWithoutExtension(a.Path) : "") + "@" + a.Weight.ToString("R", CultureInfo.InvariantCulture)));

    // Characters that some file system refuses become hyphens.
    private static string FileName(string value) => string.Concat(value.Select(c => c < ' ' || "<>:\"/\\|?*".Contains(c, StringComparison.Ordinal) ? '-' : c)) is { Length: > 0 } name && name.Trim('.', ' ').Length > 0
        ? name
        : throw Errors.UnknownOptionValue("engine-name", value, "a file", []);

    /// <summary>Reads a size: a number of bytes, or one with KB, MB, GB, TB, KiB, MiB, GiB, TiB.</summary>
    /// <param name="value">What the user wrote.</param>
    /// <param name="option">Where, for the message.</param>
    /// <returns>Bytes, at least 1.</returns>
    /// <exception cref="CheckpointException">CKPT9001 when it is no size.</exception>
    internal static long ParseSize(string value, string option)
    {
        (string Suffix, long Unit)[] units = [("KIB", 1L << 10), ("MIB", 1L << 20), ("GIB", 1L << 30), ("TIB", 1L << 40), ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000), ("", 1)];
        string text = value.Trim().ToUpperInvariant();
        (string suffix, long unit) = units.First(u => text.EndsWith(u.Suffix, StringComparison.Ordinal));
        return decimal.TryParse(text[..^suffix.Length], NumberStyles.AllowDecimalPoint | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out decimal number) && number > 0 && number < long.MaxValue / (decimal)unit && number * unit >= 1
            ? (long)(number * unit)
            : throw Errors.UnknownOptionValue(option, value, "a size", ["500MB", "2GB", "4GiB", "a number of bytes"]);
    }
}

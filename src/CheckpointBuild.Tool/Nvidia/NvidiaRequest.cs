using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tool.Nvidia;

/// <summary>What a command line of a conversion script asks for, as a recipe.</summary>
/// <param name="values">The flags' values.</param>
internal sealed class NvidiaRequest(IReadOnlyDictionary<string, string> values)
{
    private static readonly string[] Dimensions = ["0", "1"];
    private static readonly string[] Precisions = ["int8", "int4", "int8_gptq", "int4_gptq", "int4_awq"];

    /// <summary>The source, where one of the flags names it.</summary>
    public string? Source => Value("--quant_ckpt_path") ?? Value(NvidiaFlags.ModelDir) ?? Value(NvidiaFlags.MetaDir);

    /// <summary>The flag that names the source, where one does.</summary>
    public string? SourceFlag => Array.Find([NvidiaFlags.ModelDir, NvidiaFlags.MetaDir, "--quant_ckpt_path"], Has);

    /// <summary>Quantized weights without a configuration of their own, with that of the model that they were made from.</summary>
    /// <returns>Both together, to be disposed; null where the source is complete.</returns>
    public JoinedModel? Join() => Value("--quant_ckpt_path") is { } weights && Value(NvidiaFlags.ModelDir) is { } model && (File.Exists(weights) || Directory.Exists(weights)) && !JoinedModel.IsComplete(weights)
        ? JoinedModel.Of(weights, model, Precision.StartsWith("int8", StringComparison.Ordinal) ? 8 : 4, GroupSize)
        : null;

    /// <summary>The output, where a flag names it.</summary>
    public string? Output => Value(NvidiaFlags.OutputDir);

    /// <summary>Whether a configuration without weights is asked for.</summary>
    public bool IsConfigurationOnly => Has("--save_config_only");

    /// <summary>Threads that build, where a flag says.</summary>
    public int Workers => Value("--workers") is not { } text ? Environment.ProcessorCount
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int workers) && workers > 0 ? workers
        : throw Errors.UnknownOptionValue("workers", text, "a build", ["a number from 1"]);

    /// <summary>Adds what the flags ask for.</summary>
    /// <param name="recipe">The recipe so far.</param>
    /// <returns>The recipe with it.</returns>
    /// <exception cref="CheckpointException">CKPT9001 for a value that cannot be, CKPT9090 for flags that contradict each other.</exception>
    public Recipe Apply(Recipe recipe)
    {
        foreach (NvidiaFlag flag in NvidiaFlags.All.Where(f => f.Field is not null))
        {
            // The scripts' way to leave a size open.
            if (Value(flag.Name) is { } value && !(value == "-1" && flag.Name.StartsWith("--moe_", StringComparison.Ordinal)))
            {
                recipe = RecipeField.Find(flag.Field!)!.Set(recipe, value);
            }
        }

        Refuse();
        string? algorithm = Algorithm();
        recipe = Value("--group_size") is { } size && (HasGroups || (algorithm is null && recipe.Quantization is not null)) ? RecipeField.Find("GroupSize")!.Set(recipe, size) : recipe;
        recipe = algorithm is null ? recipe : recipe with { Quantization = algorithm.ToLowerInvariant() };
        recipe = IsSmooth && Alpha is { } alpha ? RecipeField.Find("SmoothQuant")!.Set(recipe, alpha.ToString("R", CultureInfo.InvariantCulture)) : recipe;
        recipe = recipe with
        {
            Format = Has(NvidiaFlags.MetaDir) ? "meta" : recipe.Format,
            KvCacheQuantization = Has("--fp8_kv_cache") ? "fp8" : Has("--int8_kv_cache") ? "int8" : recipe.KvCacheQuantization,
            EmbeddingShardingDim = Has("--use_parallel_embedding") ? Value("--embedding_sharding_dim") == "1" ? 1 : 0 : recipe.EmbeddingShardingDim,
            DisableWeightOnlyQuantPlugin = recipe.DisableWeightOnlyQuantPlugin || Has("--disable_weight_only_quant_plugin"),
            UseMetaFp8RowwiseRecipe = recipe.UseMetaFp8RowwiseRecipe || Has("--use_meta_fp8_rowwise_recipe"),
            RemoveDuplicatedKvHeads = recipe.RemoveDuplicatedKvHeads || Has("--remove_duplicated_kv_heads"),
            LoadModelOnCpu = recipe.LoadModelOnCpu || Has("--load_model_on_cpu"),
        };
        string? text = CalibrationFlag.TextOf(values);

        // What the scripts calibrate for; of FP8 they take the scales from the source, unless a text is named here.
        bool isCalibrated = IsSmooth || (Value("--use-weight-only-with-precision") is not null && recipe.NeedsStatistics) || (Has("--int8_kv_cache") && !Has("--fp8_kv_cache")) || (text is not null && recipe.NeedsStatistics);
        return isCalibrated && recipe is { Calibration: null, CalibrationStatistics: null } ? recipe with { Calibration = text ?? CalibrationText.Own } : recipe;
    }

    /// <summary>What flags that the user typed do not do beside the others.</summary>
    /// <returns>One message for each.</returns>
    public IEnumerable<Diagnostic> WithoutMeaning()
    {
        if (Has("--group_size") && !HasGroups && Algorithm() is not null)
        {
            yield return Errors.FlagWithoutMeaning("--group_size", "it goes with --use_weight_only and --weight_only_precision int4_gptq, int8_gptq or int4_awq");
        }

        if (Value("--embedding_sharding_dim") == "1" && !Has("--use_parallel_embedding"))
        {
            yield return Errors.FlagWithoutMeaning("--embedding_sharding_dim", "it goes with --use_parallel_embedding; the script records the number in a field that nothing reads then, and here it is 0");
        }

        if (Has("--int8_kv_cache") && Has("--fp8_kv_cache"))
        {
            yield return Errors.FlagWithoutMeaning("--int8_kv_cache", "--fp8_kv_cache comes after it");
        }

        if (Has("--use_weight_only") && Has("--use_fp8"))
        {
            yield return Errors.FlagWithoutMeaning("--use_fp8", "--use_weight_only comes before it");
        }

        if (Has("--use_fp8_rowwise") && (Has("--use_weight_only") ? "--use_weight_only" : Has("--use_fp8") ? "--use_fp8" : IsSmooth ? "--smoothquant" : null) is { } first)
        {
            yield return Errors.FlagWithoutMeaning("--use_fp8_rowwise", first + " comes before it");
        }

        if (Alpha is not null && Has("--use_fp8"))
        {
            yield return Errors.FlagWithoutMeaning("--smoothquant", "--use_fp8 comes before it");
        }
    }

    // Weight-only precisions whose weights have groups.
    private bool HasGroups => Has("--use_weight_only") && Precision is not ("int8" or "int4");

    // The scripts look at weight-only first, then at FP8, then at SmoothQuant.
    private bool IsSmooth => Alpha is > 0 && !Has("--use_fp8");

    private double? Alpha => Value("--smoothquant") is not { } text ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double alpha) && alpha >= 0 ? alpha
        : throw Errors.UnknownOptionValue("smoothquant", text, "SmoothQuant", ["a number above 0"]);

    // As the scripts have it where nothing is said.
    private int GroupSize => Value("--group_size") is not { } text ? 128
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int size) ? size
        : throw Errors.UnknownOptionValue("group_size", text, "weights", ["a number from 1"]);

    private string Precision => Value("--weight_only_precision") ?? "int8";

    // What the scripts refuse, or fail on.
    private void Refuse()
    {
        if (!Precisions.Contains(Precision))
        {
            throw Errors.UnknownOptionValue("weight_only_precision", Precision, "weights", Precisions);
        }

        if (Alpha == 0)
        {
            throw Errors.FlagsContradict("--smoothquant 0", "an alpha of 0 smooths nothing, and there is nothing to calibrate");
        }

        if (Alpha is not null && (Has("--use_weight_only") || Has("--use-weight-only-with-precision")))
        {
            throw Errors.FlagsContradict("--smoothquant and weight-only flags", "weights are quantized by one or the other");
        }

        if (Has(NvidiaFlags.ModelDir) && Has(NvidiaFlags.MetaDir))
        {
            throw Errors.FlagsContradict("--model_dir and --meta_ckpt_dir", "each names the source");
        }

        if (Value("--embedding_sharding_dim") is { } dimension && !Dimensions.Contains(dimension))
        {
            throw Errors.UnknownOptionValue("embedding_sharding_dim", dimension, "an embedding", Dimensions);
        }

        if (Alpha is not null && Has("--load_by_shard"))
        {
            throw Errors.FlagsContradict("--smoothquant and --load_by_shard", "calibration needs the whole model");
        }

        if (Value("--quant_ckpt_path") is not null && !(Has("--use_weight_only") && Precision.EndsWith("_gptq", StringComparison.Ordinal)))
        {
            throw Errors.FlagsContradict("--quant_ckpt_path", "it goes with --use_weight_only and --weight_only_precision int4_gptq or int8_gptq");
        }
    }

    private string? Algorithm() =>
        Value("--use-weight-only-with-precision") is { } gemma ? gemma is "int8" or "int4" ? gemma + "_wo" : gemma
        : Has("--use_weight_only") ? Precision is "int8" or "int4" ? Precision + "_wo" : Precision
        : Has("--use_fp8") ? "FP8"
        : IsSmooth ? $"W8A8_SQ_PER_{(Has("--per_channel") ? "CHANNEL" : "TENSOR")}_{(Has("--per_token") ? "PER_TOKEN_" : Has("--per_channel") ? "PER_TENSOR_" : "")}PLUGIN"
        : Has("--use_fp8_rowwise") ? "FP8_PER_CHANNEL_PER_TOKEN"
        : null;

    private string? Value(string name) => values.GetValueOrDefault(name);

    private bool Has(string name) => values.ContainsKey(name);
}

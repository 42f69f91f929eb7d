using System;
using System.Globalization;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects.TensorRtLlm;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Building;

/// <content>The fields of TensorRT-LLM checkpoints.</content>
public sealed partial record RecipeField
{
    private const int HashBytes = 1 << 20;

    /// <summary>The first choice that only a TensorRT-LLM checkpoint can keep, and that asks for more than one rank or for something other than the usual.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <returns>The field and its value, or null.</returns>
    internal static (RecipeField Field, string Value)? FirstOfTensorRtLlm(Recipe recipe) =>
        TensorRtLlmFields().Select(f => (Field: f, Value: f.Get(recipe))).FirstOrDefault(f => f.Value is not null && !(f.Value == "1" && f.Field.Name.EndsWith("Parallel", StringComparison.Ordinal))) is ({ } field, { } value) ? (field, value) : null;

    /// <summary>The first choice that only an engine of <c>trtllm-build</c> can keep.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <returns>The field and its value, or null.</returns>
    internal static (RecipeField Field, string Value)? FirstOfBuildConfig(Recipe recipe) =>
        BuildConfigFields().Select(f => (Field: f, Value: f.Get(recipe))).FirstOrDefault(f => f.Value is not null) is ({ } field, { } value) ? (field, value) : null;

    private static RecipeField[] TensorRtLlmFields() =>
    [
        Integer("TensorParallel", 1, "Over how many ranks each matrix is split.", (r, v) => r with { TensorParallel = v }, r => r.TensorParallel),
        Integer("PipelineParallel", 1, "Into how many stages the layers fall.", (r, v) => r with { PipelineParallel = v }, r => r.PipelineParallel),
        Integer("ContextParallel", 1, "Over how many ranks each sequence is split.", (r, v) => r with { ContextParallel = v }, r => r.ContextParallel),
        Integer("MoeTensorParallel", 1, "Over how many ranks each expert's matrices are split.", (r, v) => r with { MoeTensorParallel = v }, r => r.MoeTensorParallel),
        Integer("MoeExpertParallel", 1, "Over how many groups the experts are dealt out.", (r, v) => r with { MoeExpertParallel = v }, r => r.MoeExpertParallel),
        new("Rank", "The one rank that is built, from 0; auto = the one that MPI, Slurm or Kubernetes says that this process is; default: all.", (r, v) => r with { Rank = v.Equals("auto", StringComparison.OrdinalIgnoreCase) ? RankEnvironment.Of(Environment.GetEnvironmentVariable) : ParseRank(v) }, r => r.Rank?.ToString(CultureInfo.InvariantCulture)),
        new("TensorRtLlmVersion", $"The TensorRT-LLM release whose form is written: {string.Join(", ", TensorRtLlmVersion.All.Select(v => v.Name))}.", (r, v) => r with { TensorRtLlmVersion = TensorRtLlmVersion.Named(v).Name }, r => r.TensorRtLlmVersion),
        Integer("TargetSm", 0, "The compute capability, times ten, of the GPU whose kernels read packed weights: 80, 89, 90; 0 packs them when the engine is built.", (r, v) => r with { TargetSm = v }, r => r.TargetSm),
        Choice("KvCacheQuantization", ["int8", "fp8"], "What the cache of keys and values holds.", (r, v) => r with { KvCacheQuantization = v }, r => r.KvCacheQuantization),
        Integer("GroupSize", 1, "Columns that share one scale.", (r, v) => r with { GroupSize = v }, r => r.GroupSize),
        new("SmoothQuant", "SmoothQuant's alpha, from 0 to 1: how much of the activations' range goes into the weights.", (r, v) => r with { SmoothQuant = ParseShare("smooth-quant", v) }, r => r.SmoothQuant?.ToString("R", CultureInfo.InvariantCulture)),
        new("EmbeddingShardingDim", "The dimension over which the ranks split the embedding: 0 rows, 1 columns; absent = they do not.", (r, v) => r with { EmbeddingShardingDim = v switch { "0" => 0, "1" => 1, _ => throw Errors.UnknownOptionValue("embedding-sharding-dim", v, "an embedding", ["0", "1"]) } }, r => r.EmbeddingShardingDim?.ToString(CultureInfo.InvariantCulture)),
        Flag("DisableWeightOnlyQuantPlugin", "Recorded for the engine's builder: weight-only layers without their plug-in.", (r, v) => r with { DisableWeightOnlyQuantPlugin = v }, r => r.DisableWeightOnlyQuantPlugin),
        Flag("UseMetaFp8RowwiseRecipe", "FP8 by rows after Meta's recipe: first and last layers and attention stay floats.", (r, v) => r with { UseMetaFp8RowwiseRecipe = v }, r => r.UseMetaFp8RowwiseRecipe),
        Flag("RemoveDuplicatedKvHeads", "Recorded for the engine's builder: repeated key/value heads are removed again.", (r, v) => r with { RemoveDuplicatedKvHeads = v }, r => r.RemoveDuplicatedKvHeads),
        new("CalibrationStatistics", "A safetensors file of calibration statistics: the largest magnitudes of each module's inputs and outputs.", (r, v) => r with { CalibrationStatistics = System.IO.Path.GetFullPath(v) }, r => r.CalibrationStatistics) { InKey = r => HashInKey(r.CalibrationStatistics) },
        Flag("LoadModelOnCpu", "Recorded in a calibrated checkpoint, as the reference does.", (r, v) => r with { LoadModelOnCpu = v }, r => r.LoadModelOnCpu),
    ];

    private static RecipeField Integer(string name, int least, string help, Func<Recipe, int, Recipe> set, Func<Recipe, int?> get) => new(name, help,
        (r, v) => int.TryParse(v, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least
            ? set(r, number)
            : throw Errors.UnknownOptionValue(Kebab(name), v, "a build", [$"a number from {least}"]),
        r => get(r)?.ToString(CultureInfo.InvariantCulture));

    private static RecipeField Flag(string name, string help, Func<Recipe, bool, Recipe> set, Func<Recipe, bool> get) => new(name, help,
        (r, v) => v.ToLowerInvariant() switch
        {
            "true" => set(r, true),
            "false" => set(r, false),
            _ => throw Errors.UnknownOptionValue(Kebab(name), v, "a build", ["true", "false"]),
        },
        r => get(r) ? "true" : null);

    private static RecipeField Choice(string name, string[] values, string help, Func<Recipe, string, Recipe> set, Func<Recipe, string?> get) => new(name, $"{help[..^1]}: {string.Join(", ", values)}.",
        (r, v) => Array.Find(values, known => known.Equals(v, StringComparison.OrdinalIgnoreCase)) is { } value
            ? set(r, value)
            : throw Errors.UnknownOptionValue(Kebab(name), v, "a build", values),
        get);

    // What the file says counts, not where it lies.
    private static string? HashInKey(string? path)
    {
        if (path is null)
        {
            return null;
        }

        using var source = new FileSource(path);
        using var hash = System.Security.Cryptography.IncrementalHash.CreateHash(System.Security.Cryptography.HashAlgorithmName.SHA256);
        byte[] buffer = new byte[HashBytes];
        for (long done = 0; done < source.Length; done += HashBytes)
        {
            Span<byte> run = buffer.AsSpan(0, (int)long.Min(HashBytes, source.Length - done));
            source.Read(done, run);
            hash.AppendData(run);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static int ParseRank(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int rank) ? rank : throw Errors.UnknownOptionValue("rank", value, "a build", ["a number from 0", "auto"]);

    private static double ParseShare(string option, string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number is >= 0 and <= 1
            ? number
            : throw Errors.UnknownOptionValue(option, value, "a build", ["a number from 0 to 1"]);
}

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;

namespace CheckpointBuild.Building;

/// <content>The fields of engines that <c>trtllm-build</c> makes.</content>
public sealed partial record RecipeField
{
    private const string LoraFolder = "lora_dir=";

    // Of the chain rather than of the engine's configuration.
    private static RecipeField[] EngineStepFields() =>
    [
        new("TrtllmBuild", "Where trtllm-build lies; default: the environment variable CHECKPOINTBUILD_TRTLLM_BUILD, then PATH.", (r, v) => r with { TrtllmBuild = Path.GetFullPath(v) }, r => r.TrtllmBuild) { InKey = NotInKey },
        Flag("EngineOptional", "true: where trtllm-build or a GPU is absent, a warning, and the checkpoint is the product.", (r, v) => r with { EngineOptional = v }, r => r.EngineOptional) with { InKey = NotInKey },
        Flag("KeepStages", "true: what an engine is made from is kept: in a project the checkpoint in Hugging Face's form, in the folder stages below obj/; beside an engine of trtllm-build the checkpoint that it read, beside a calibrated checkpoint its statistics, beside a GGUF file the importance matrix that was measured for it. It changes no byte of the engine.", (r, v) => r with { KeepStages = v }, r => r.KeepStages) with { InKey = r => r.KeepStages && (r.Engine == EngineTool.TensorRtLlmEngine || r.NeedsStatistics) ? "true" : null },
    ];

    private static RecipeField[] BuildConfigFields() =>
    [
        Integer("MaxInputLen", 1, "The longest prompt, in tokens; default: 1024.", (r, v) => r with { MaxInputLen = v }, r => r.MaxInputLen),
        Integer("MaxSeqLen", 1, "The longest prompt and answer together, in tokens; default: what the model was made for.", (r, v) => r with { MaxSeqLen = v }, r => r.MaxSeqLen),
        Integer("OptBatchSize", 1, "The batch that kernels are tuned for; trtllm-build takes no other than 8.", (r, v) => r with { OptBatchSize = v }, r => r.OptBatchSize),
        Integer("MaxBatchSize", 1, "The most requests that run together; default: 2048.", (r, v) => r with { MaxBatchSize = v }, r => r.MaxBatchSize),
        Integer("MaxBeamWidth", 1, "The widest beam; default: 1.", (r, v) => r with { MaxBeamWidth = v }, r => r.MaxBeamWidth),
        Integer("MaxNumTokens", 1, "The most tokens of one step; default: 8192.", (r, v) => r with { MaxNumTokens = v }, r => r.MaxNumTokens),
        Integer("OptNumTokens", 1, "The tokens of one step that kernels are tuned for; default: batch times beam.", (r, v) => r with { OptNumTokens = v }, r => r.OptNumTokens),
        Integer("MaxPromptEmbeddingTableSize", 0, "Rows for embeddings that come with a prompt; default: 0.", (r, v) => r with { MaxPromptEmbeddingTableSize = v }, r => r.MaxPromptEmbeddingTableSize),
        Choice("KvCacheType", ["continuous", "paged", "disabled"], "How an engine keeps its cache of keys and values.", (r, v) => r with { KvCacheType = v }, r => r.KvCacheType),
        Switch("GatherContextLogits", "true: the engine gives the logits of the prompt's tokens.", (r, v) => r with { GatherContextLogits = v }, r => r.GatherContextLogits),
        Switch("GatherGenerationLogits", "true: the engine gives the logits of every step.", (r, v) => r with { GatherGenerationLogits = v }, r => r.GatherGenerationLogits),
        YesOrNo("StronglyTyped", "Whether the network's types follow its tensors; trtllm-build takes true alone.", (r, v) => r with { StronglyTyped = v }, r => r.StronglyTyped),
        Integer("ForceNumProfiles", 1, "How many profiles the engine has; default: as many as follow.", (r, v) => r with { ForceNumProfiles = v }, r => r.ForceNumProfiles),
        Choice("ProfilingVerbosity", ["layer_names_only", "detailed", "none"], "How much of its layers the engine tells.", (r, v) => r with { ProfilingVerbosity = v }, r => r.ProfilingVerbosity),
        Switch("EnableDebugOutput", "true: inner tensors are outputs too.", (r, v) => r with { EnableDebugOutput = v }, r => r.EnableDebugOutput),
        Integer("MaxDraftLen", 0, "Draft tokens of a step; default: 0.", (r, v) => r with { MaxDraftLen = v }, r => r.MaxDraftLen),
        Choice("SpeculativeDecodingMode", ["draft_tokens_external", "lookahead_decoding", "medusa", "explicit_draft_tokens", "eagle"], "How drafts are made.", (r, v) => r with { SpeculativeDecodingMode = v }, r => r.SpeculativeDecodingMode),
        YesOrNo("UseRefit", "Whether an engine's weights can be exchanged later; trtllm-build takes false alone.", (r, v) => r with { UseRefit = v }, r => r.UseRefit),
        new("InputTimingCache", "A file of kernel timings that trtllm-build reads.", (r, v) => r with { InputTimingCache = Path.GetFullPath(v) }, r => r.InputTimingCache),
        new("OutputTimingCache", "A file of kernel timings that trtllm-build writes; default: model.cache, which is thrown away.", (r, v) => r with { OutputTimingCache = v }, r => r.OutputTimingCache),
        new("LoraConfig", "Adapters that an engine knows: lora_dir=DIR;lora_ckpt_source=hf;max_lora_rank=64;lora_target_modules=attn_q attn_v.", (r, v) => r with { LoraConfig = WithFullPath(v) }, r => r.LoraConfig),
        new("AutoParallelConfig", "trtllm-build's own planner of ranks: world_size=1;gpus_per_node=8;cluster_key=NAME.", (r, v) => r with { AutoParallelConfig = v }, r => r.AutoParallelConfig),
        Switch("WeightSparsity", "true: sparse kernels may be chosen.", (r, v) => r with { WeightSparsity = v }, r => r.WeightSparsity),
        Switch("WeightStreaming", "true: an engine's weights may stay in the host's memory.", (r, v) => r with { WeightStreaming = v }, r => r.WeightStreaming),
        new("PluginConfig", "An engine's plug-ins and the remaining flags of trtllm-build: gemm_plugin=float16;context_fmha=enable.", (r, v) => r with { PluginConfig = v }, r => r.PluginConfig),
        Switch("UseStripPlan", "true: the plan holds no weights.", (r, v) => r with { UseStripPlan = v }, r => r.UseStripPlan),
        Integer("MaxEncoderInputLen", 1, "The longest input of an encoder; default: 1024.", (r, v) => r with { MaxEncoderInputLen = v }, r => r.MaxEncoderInputLen),
        YesOrNo("UseFusedMlp", "Whether gate and first matrix are one product; default: true.", (r, v) => r with { UseFusedMlp = v }, r => r.UseFusedMlp),
        Switch("DryRun", "true: everything is checked and the engine's configuration alone is written; no tool is needed.", (r, v) => r with { DryRun = v }, r => r.DryRun),
        Switch("VisualizeNetwork", "true: trtllm-build writes a picture of the network.", (r, v) => r with { VisualizeNetwork = v }, r => r.VisualizeNetwork),
        Switch("MonitorMemory", "true: trtllm-build tells its memory.", (r, v) => r with { MonitorMemory = v }, r => r.MonitorMemory),
        YesOrNo("UseMrope", "Whether positions have several dimensions; it follows from the model, trtllm-build takes false alone.", (r, v) => r with { UseMrope = v }, r => r.UseMrope),
    ];

    /// <summary>The settings of an engine's builder that a recipe states.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <returns>Texts by the fields' names.</returns>
    internal static ImmutableSortedDictionary<string, string> EngineSettings(Recipe recipe) =>
        BuildConfigFields().Select(f => KeyValuePair.Create(f.Name, f.Get(recipe)!)).Where(f => f.Value is not null).ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>The recipe without what concerns an engine's builder: that of the checkpoint that the engine would be made from.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <returns>What is left.</returns>
    internal static Recipe WithoutEngineSettings(Recipe recipe)
    {
        var stage = new Recipe { Engine = recipe.Engine, Plugins = recipe.Plugins };
        string[] engine = [.. BuildConfigFields().Concat(EngineStepFields()).Select(f => f.Name)];
        foreach (RecipeField field in AllArray.Where(f => !engine.Contains(f.Name)))
        {
            stage = field.Get(recipe) is { } value ? field.Set(stage, value) : stage;
        }

        return stage;
    }

    private static RecipeField Switch(string name, string help, Func<Recipe, bool, Recipe> set, Func<Recipe, bool> get) => Flag(name, help, set, get) with { IsSwitch = true };

    // trtllm-build runs in a folder of its own.
    private static string WithFullPath(string value) => string.Join(';', value.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(p => p.StartsWith(LoraFolder, StringComparison.Ordinal) ? LoraFolder + string.Join('|', p[LoraFolder.Length..].Split('|').Select(Path.GetFullPath)) : p));

    private static RecipeField YesOrNo(string name, string help, Func<Recipe, bool, Recipe> set, Func<Recipe, bool?> get) => new(name, help,
        (r, v) => bool.TryParse(v, out bool value) ? set(r, value) : throw Errors.UnknownOptionValue(Kebab(name), v, "an engine", ["true", "false"]),
        r => get(r) switch { null => null, true => "true", false => "false" });
}

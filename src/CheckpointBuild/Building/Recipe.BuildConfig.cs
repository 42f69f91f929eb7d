namespace CheckpointBuild.Building;

/// <content>What an engine of <c>trtllm-build</c> is asked to be: the fields of its <c>BuildConfig</c>, with its own defaults where nothing is said.</content>
public sealed partial record Recipe
{
    /// <summary>The longest prompt, in tokens.</summary>
    public int? MaxInputLen { get; init; }

    /// <summary>The longest prompt and answer together, in tokens; null = what the model was made for.</summary>
    public int? MaxSeqLen { get; init; }

    /// <summary>The batch that kernels are tuned for.</summary>
    public int? OptBatchSize { get; init; }

    /// <summary>The most requests that run together.</summary>
    public int? MaxBatchSize { get; init; }

    /// <summary>The widest beam.</summary>
    public int? MaxBeamWidth { get; init; }

    /// <summary>The most tokens of one step.</summary>
    public int? MaxNumTokens { get; init; }

    /// <summary>The tokens of one step that kernels are tuned for.</summary>
    public int? OptNumTokens { get; init; }

    /// <summary>Rows for embeddings that come with a prompt.</summary>
    public int? MaxPromptEmbeddingTableSize { get; init; }

    /// <summary>How the cache is kept: <c>continuous</c>, <c>paged</c>, <c>disabled</c>.</summary>
    public string? KvCacheType { get; init; }

    /// <summary>Whether logits of the prompt's tokens are kept.</summary>
    public bool GatherContextLogits { get; init; }

    /// <summary>Whether logits of every answer's step are kept.</summary>
    public bool GatherGenerationLogits { get; init; }

    /// <summary>Whether the network's types follow its tensors; <c>trtllm-build</c> knows no other way.</summary>
    public bool? StronglyTyped { get; init; }

    /// <summary>How many profiles are made; null = as many as follow.</summary>
    public int? ForceNumProfiles { get; init; }

    /// <summary>How much of its layers the engine tells.</summary>
    public string? ProfilingVerbosity { get; init; }

    /// <summary>Whether inner tensors are outputs too.</summary>
    public bool EnableDebugOutput { get; init; }

    /// <summary>Draft tokens of a step.</summary>
    public int? MaxDraftLen { get; init; }

    /// <summary>How drafts are made.</summary>
    public string? SpeculativeDecodingMode { get; init; }

    /// <summary>Whether weights can be exchanged later; <c>trtllm-build</c> has no flag for it.</summary>
    public bool? UseRefit { get; init; }

    /// <summary>A file of timings that is read.</summary>
    public string? InputTimingCache { get; init; }

    /// <summary>A file of timings that is written.</summary>
    public string? OutputTimingCache { get; init; }

    /// <summary>Adapters known when the engine is built: <c>lora_dir=DIR;max_lora_rank=64</c>.</summary>
    public string? LoraConfig { get; init; }

    /// <summary>The planner that shards by itself: <c>world_size=2;gpus_per_node=8;cluster_key=NAME</c>.</summary>
    public string? AutoParallelConfig { get; init; }

    /// <summary>Whether sparse kernels may be chosen.</summary>
    public bool WeightSparsity { get; init; }

    /// <summary>Whether weights may stay in the host's memory.</summary>
    public bool WeightStreaming { get; init; }

    /// <summary>Plug-ins and the builder's remaining flags: <c>gemm_plugin=float16;context_fmha=enable</c>.</summary>
    public string? PluginConfig { get; init; }

    /// <summary>Whether the plan holds no weights.</summary>
    public bool UseStripPlan { get; init; }

    /// <summary>The longest input of an encoder.</summary>
    public int? MaxEncoderInputLen { get; init; }

    /// <summary>Whether gate and first matrix are one product.</summary>
    public bool? UseFusedMlp { get; init; }

    /// <summary>Whether everything is checked and the engine's configuration alone is written; no tool is needed.</summary>
    public bool DryRun { get; init; }

    /// <summary>Whether a picture of the network is written.</summary>
    public bool VisualizeNetwork { get; init; }

    /// <summary>Whether memory is told while the engine is built.</summary>
    public bool MonitorMemory { get; init; }

    /// <summary>Whether positions have several dimensions; it follows from the model.</summary>
    public bool? UseMrope { get; init; }

    /// <summary>Where <c>trtllm-build</c> lies; null = the environment variable <c>CHECKPOINTBUILD_TRTLLM_BUILD</c> or <c>PATH</c> say it.</summary>
    public string? TrtllmBuild { get; init; }

    /// <summary>Whether the checkpoint is the product, with a warning, where the engine's builder is absent.</summary>
    public bool EngineOptional { get; init; }

    /// <summary>Whether the checkpoint that an engine is built from stays beside it, in the folder <c>checkpoint</c>.</summary>
    public bool KeepStages { get; init; }
}

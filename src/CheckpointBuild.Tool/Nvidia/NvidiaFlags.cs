using System.Collections.Generic;

namespace CheckpointBuild.Tool.Nvidia;

/// <summary>Every flag of the conversion scripts, so that a command line copied from NVIDIA's documentation works behind <c>ckpt convert --to tensorrt-llm</c>.</summary>
internal static class NvidiaFlags
{
    /// <summary>The flag that names the source.</summary>
    internal const string ModelDir = "--model_dir";

    /// <summary>The flag that names a source in Meta's form.</summary>
    internal const string MetaDir = "--meta_ckpt_dir";

    /// <summary>The flag that names the output.</summary>
    internal const string OutputDir = "--output_dir";

    private static readonly NvidiaFlag[] AllArray =
    [
        new(ModelDir, "the checkpoint argument") { Aliases = ["--model-dir"] },
        new(MetaDir, "the checkpoint argument, in Meta's form"),
        new(OutputDir, "--output") { Aliases = ["--output-model-dir"] },
        new("--tp_size", "--tensor-parallel") { Field = "TensorParallel", Aliases = ["--world-size"] },
        new("--pp_size", "--pipeline-parallel") { Field = "PipelineParallel" },
        new("--cp_size", "--context-parallel") { Field = "ContextParallel" },
        new("--moe_tp_size", "--moe-tensor-parallel; -1 = what is left") { Field = "MoeTensorParallel" },
        new("--moe_ep_size", "--moe-expert-parallel; -1 = what is left") { Field = "MoeExpertParallel" },
        new("--use_parallel_embedding", "--embedding-sharding-dim, 0 unless the next flag says 1") { IsSwitch = true },
        new("--embedding_sharding_dim", "--embedding-sharding-dim 0 or 1, with --use_parallel_embedding"),
        new("--use_weight_only", "--quantization int8_wo, unless --weight_only_precision says another") { IsSwitch = true },
        new("--weight_only_precision", "--quantization int8_wo, int4_wo, int8_gptq, int4_gptq, int4_awq, with --use_weight_only") { Bare = "int8" },
        new("--use-weight-only-with-precision", "--quantization int8_wo, int4_wo, w4a8_awq"),
        new("--disable_weight_only_quant_plugin", "--disable-weight-only-quant-plugin true") { IsSwitch = true },
        new("--group_size", "--group-size, with --weight_only_precision int4_gptq, int8_gptq or int4_awq"),
        new("--smoothquant", "--smooth-quant, with --quantization W8A8_SQ_…") { Aliases = ["-sq", "--use_smooth_quant_plugin"] },
        new("--per_channel", "--quantization W8A8_SQ_PER_CHANNEL_…") { IsSwitch = true },
        new("--per_token", "--quantization W8A8_SQ_…_PER_TOKEN_PLUGIN") { IsSwitch = true },
        new("--int8_kv_cache", "--kv-cache-quantization int8") { IsSwitch = true, Aliases = ["--calibrate_kv_cache", "-kv"] },
        new("--fp8_kv_cache", "--kv-cache-quantization fp8") { IsSwitch = true },
        new("--use_fp8", "--quantization FP8") { IsSwitch = true, Aliases = ["--enable_fp8"] },
        new("--use_fp8_rowwise", "--quantization FP8_PER_CHANNEL_PER_TOKEN") { IsSwitch = true },
        new("--use_meta_fp8_rowwise_recipe", "--use-meta-fp8-rowwise-recipe true") { IsSwitch = true },
        new("--quant_ckpt_path", "--quantized-checkpoint"),
        new("--calib_dataset", "--calibration FILE where it is a text file; nothing is fetched by name, and a short text that is built in is used where neither is given"),
        new("--remove_duplicated_kv_heads", "--remove-duplicated-kv-heads true") { IsSwitch = true },
        new("--load_model_on_cpu", "--load-model-on-cpu true: recorded; no GPU is used in any case") { IsSwitch = true },
        new("--workers", "threads that build; each source byte is read once whatever their number"),
        new("--save_config_only", "config.json alone") { IsSwitch = true },
        .. MadeUp,
        new("--use_qserve", "refused: W4A8 of QServe comes out of a checkpoint of DeepCompressor, which is not read; W4A8_AWQ is near") { IsSwitch = true, IsRefused = true },
        new("--use-int8-weight-only-embedding", "refused: an embedding stays floats") { IsSwitch = true, IsRefused = true },
        new("--use_nvfp4", "refused: ranks of four-bit floats are not written; FP8 or W4A16_AWQ are near") { IsSwitch = true, IsRefused = true },
        new("--per_group", "groups are those of the source; it goes with --use_qserve") { IsSwitch = true, IsMeaningless = true },
        new("--load_by_shard", "a checkpoint is read band by band in any case") { IsSwitch = true, IsMeaningless = true },
        new("--calib_size", "a calibration text is used whole") { IsMeaningless = true },
        new("--calib_max_seq_length", "a calibration text is used whole") { IsMeaningless = true },
        new("--dataset_cache_dir", "nothing is fetched by name") { IsMeaningless = true },
        new("--log_level", "messages are as they are") { IsMeaningless = true },
        new("--ckpt-type", "the source's form is detected") { IsMeaningless = true },
        new("--gpt_variant", "the source's configuration says it") { IsMeaningless = true },
        new("--tokenizer_dir", "the checkpoint's own tokenizer is used") { IsMeaningless = true },
    ];

    /// <summary>Every flag.</summary>
    internal static IReadOnlyList<NvidiaFlag> All => AllArray;

    // Of a made-up model without a source; with one they say nothing.
    private static NvidiaFlag[] MadeUp =>
    [
        new("--vocab_size", "of a made-up configuration"), new("--n_positions", "of a made-up configuration"), new("--n_layer", "of a made-up configuration"), new("--n_head", "of a made-up configuration"),
        new("--n_kv_head", "of a made-up configuration"), new("--n_embd", "of a made-up configuration"), new("--inter_size", "of a made-up configuration"), new("--multiple_of", "of a made-up configuration"),
        new("--ffn_dim_multiplier", "of a made-up configuration"), new("--rms_norm_eps", "of a made-up configuration"), new("--hidden_act", "of a made-up configuration"), new("--rotary_base", "of a made-up configuration"),
        new("--moe_num_experts", "of a made-up configuration"), new("--moe_top_k", "of a made-up configuration"), new("--moe_renorm_mode", "of a made-up configuration"),
    ];
}

using System.Collections.Generic;

namespace CheckpointBuild.Tool.Nvidia;

/// <summary>Every flag of <c>quantize.py</c>, so that a command line copied from NVIDIA's documentation works behind <c>ckpt quantize</c>.</summary>
internal static class QuantizeFlags
{
    /// <summary>The flag that names the source.</summary>
    internal const string ModelDir = "--model_dir";

    /// <summary>The flag that names the quantization.</summary>
    internal const string Format = "--qformat";

    /// <summary>The flag that names the output.</summary>
    internal const string OutputDir = "--output_dir";

    private static readonly NvidiaFlag[] AllArray =
    [
        new(ModelDir, "the checkpoint argument"),
        new(OutputDir, "--output"),
        new(Format, "--quantization: fp8, int8_sq (W8A8_SQ_PER_CHANNEL), int4_awq, w4a8_awq, int8_wo, int4_wo; full_prec = none; nvfp4 is refused"),
        new("--kv_cache_dtype", "--kv-cache-quantization int8, fp8"),
        new("--awq_block_size", "--group-size") { Field = "GroupSize" },
        new("--tp_size", "--tensor-parallel") { Field = "TensorParallel" },
        new("--pp_size", "--pipeline-parallel") { Field = "PipelineParallel" },
        new("--cp_size", "--context-parallel") { Field = "ContextParallel" },
        new("--export_format", "--to: tensorrt_llm is tensorrt-llm; hf is huggingface, of floats alone (full_prec)"),
        new("--calib_dataset", "--calibration FILE where it is a text file; nothing is fetched by name, and a short text that is built in is used where neither is given"),
        new("--quantize_lm_head", "refused: the head stays floats") { IsSwitch = true, IsRefused = true },
        new("--autoq_format", "refused: quantizations are not mixed in ranks") { IsRefused = true },
        new("--auto_quantize_bits", "refused: quantizations are not mixed in ranks") { IsRefused = true },
        new("--nemo_ckpt_path", "refused: NeMo's checkpoints are not read") { IsRefused = true },
        new("--medusa_model_dir", "refused: heads of Medusa are not carried over") { IsRefused = true },
        new("--quant_medusa_head", "refused: heads of Medusa are not carried over") { IsSwitch = true, IsRefused = true },
        new("--decoder_type", "it goes with --nemo_ckpt_path") { IsMeaningless = true },
        new("--num_medusa_heads", "it goes with --medusa_model_dir") { IsMeaningless = true },
        new("--num_medusa_layers", "it goes with --medusa_model_dir") { IsMeaningless = true },
        new("--max_draft_len", "it goes with --medusa_model_dir") { IsMeaningless = true },
        new("--medusa_hidden_act", "it goes with --medusa_model_dir") { IsMeaningless = true },
        new("--device", "calibration runs on the CPU") { IsMeaningless = true },
        new("--device_map", "calibration runs on the CPU") { IsMeaningless = true },
        new("--calib_size", "a calibration text is used whole") { IsMeaningless = true },
        new("--calib_max_seq_length", "a calibration text is used whole") { IsMeaningless = true },
        new("--calib_tp_size", "calibration runs in one process") { IsMeaningless = true },
        new("--calib_pp_size", "calibration runs in one process") { IsMeaningless = true },
        new("--batch_size", "calibration runs window by window") { IsMeaningless = true },
        new("--tokenizer_max_seq_length", "a calibration text is used whole") { IsMeaningless = true },
        new("--seed", "nothing here is random") { IsMeaningless = true },
    ];

    /// <summary>Every flag.</summary>
    internal static IReadOnlyList<NvidiaFlag> All => AllArray;
}

using System;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tool;
using CheckpointBuild.Tool.Nvidia;
using CheckpointBuild.Tool.Verbs;
using CheckpointBuild.Vendors;
using Xunit;

namespace CheckpointBuild.Tests.Tool;

/// <summary>NVIDIA's flags: the page that maps them to ours names every one, and each is taken, said to have no effect, or refused.</summary>
public sealed class NvidiaFlagsTests
{
    // Every flag of the scripts as their releases 0.16 to 1.x have them.
    private const string OfConvert =
        "model_dir meta_ckpt_dir tp_size pp_size cp_size moe_tp_size moe_ep_size dtype vocab_size n_positions n_layer n_head n_kv_head n_embd inter_size multiple_of ffn_dim_multiplier rms_norm_eps hidden_act rotary_base "
        + "use_weight_only disable_weight_only_quant_plugin weight_only_precision group_size smoothquant per_channel per_token int8_kv_cache fp8_kv_cache use_fp8 use_nvfp4 use_fp8_rowwise use_meta_fp8_rowwise_recipe use_qserve per_group "
        + "quant_ckpt_path calib_dataset calib_size calib_max_seq_length load_by_shard load_model_on_cpu use_parallel_embedding embedding_sharding_dim output_dir workers moe_num_experts moe_top_k moe_renorm_mode save_config_only "
        + "remove_duplicated_kv_heads log_level";

    private const string OfQuantize =
        "model_dir nemo_ckpt_path decoder_type device device_map dtype qformat autoq_format auto_quantize_bits kv_cache_dtype awq_block_size quantize_lm_head calib_dataset calib_size calib_max_seq_length calib_tp_size calib_pp_size batch_size "
        + "tokenizer_max_seq_length tp_size pp_size cp_size output_dir export_format seed num_medusa_heads num_medusa_layers max_draft_len medusa_hidden_act medusa_model_dir quant_medusa_head";

    private const string OfBuild =
        "checkpoint_dir model_config build_config model_cls_file model_cls_name output_dir max_batch_size max_input_len max_seq_len max_beam_width max_num_tokens opt_num_tokens max_encoder_input_len max_prompt_embedding_table_size max_multimodal_len "
        + "kv_cache_type paged_kv_cache input_timing_cache output_timing_cache profiling_verbosity strip_plan weight_sparsity weight_streaming fast_build workers log_level enable_debug_output visualize_network dry_run monitor_memory logits_dtype "
        + "gather_context_logits gather_generation_logits gather_all_token_logits lora_dir lora_ckpt_source lora_target_modules max_lora_rank speculative_decoding_mode max_draft_len auto_parallel gpus_per_node cluster_key bert_attention_plugin "
        + "gpt_attention_plugin gemm_plugin gemm_swiglu_plugin fp8_rowwise_gemm_plugin lora_plugin moe_plugin mamba_conv1d_plugin nccl_plugin low_latency_gemm_plugin low_latency_gemm_swiglu_plugin context_fmha bert_context_fmha_fp32_acc "
        + "remove_input_padding tokens_per_block use_paged_context_fmha use_fp8_context_fmha multiple_profiles paged_state streamingllm reduce_fusion user_buffer use_fused_mlp pp_reduce_scatter dora_plugin gemm_allreduce_plugin norm_quant_fusion fuse_fp4_quant";

    [Fact]
    public async Task A_misspelt_option_is_named_where_it_could_be_taken_for_the_checkpoint()
    {
        CkptResult result = await Ckpt.RunAsync("convert", "--model_dir", "model", "--to", "tensorrt-llm", "--tp_szie", "2", "--output_dir", "out");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("There is no option '--tp_szie'; nearest: --tp_size", result.Error, System.StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("convert", "--smoothquant", "0.5")]
    [InlineData("quantize", "--qformat", "int4_awq")]
    public async Task A_calibration_text_that_is_not_there_is_no_data_set_s_name(string verb, string flag, string value)
    {
        using var scratch = new Scratch();
        string[] to = verb == "convert" ? ["--to", "tensorrt-llm"] : [];

        CkptResult result = await Ckpt.RunAsync([verb, "--model_dir", new TinyLlama().Write(scratch.PathOf("tiny")), .. to, flag, value, "--calib_dataset", scratch.PathOf("nofile.txt"), "--output_dir", scratch.PathOf("out")]);

        Assert.Contains("CKPT1001", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scales_of_fp8_come_from_a_text_that_is_named()
    {
        using var scratch = new Scratch();
        await File.WriteAllTextAsync(scratch.PathOf("text.txt"), string.Concat(Enumerable.Repeat("Some text to calibrate with. ", 40)), TestContext.Current.CancellationToken);

        await Ckpt.DoneAsync("convert", "--model_dir", new TinyLlama().Write(scratch.PathOf("tiny")), "--to", "tensorrt-llm", "--use_fp8", "--calib_dataset", scratch.PathOf("text.txt"), "-o", scratch.PathOf("out"));

        Assert.True(File.Exists(scratch.PathOf("out/rank0.safetensors")));
    }

    [Fact]
    public async Task Quantized_ranks_that_become_floats_are_told()
    {
        using var scratch = new Scratch();
        await Ckpt.DoneAsync("convert", Repository.PathOf("samples/models/doc-llama"), "--to", "tensorrt-llm", "--quantization", "int8_wo", "--target-sm", "80", "--output", scratch.PathOf("ranks"));

        CkptResult result = await Ckpt.DoneAsync("convert", scratch.PathOf("ranks"), "--to", "tensorrt-llm", "--output", scratch.PathOf("again"));

        Assert.Contains("CKPT3258", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_names_every_flag_with_its_meaning()
    {
        string page = File.ReadAllText(Repository.PathOf("docs/tensorrt-llm.md"));

        Findings.None(NvidiaFlags.All.Concat(QuantizeFlags.All).Concat(TrtllmOptions.Refused)
            .Where(f => !f.Aliases.Prepend(f.Name).All(name => page.Contains($"`{name}`", StringComparison.Ordinal)) || !page.Contains(f.Meaning, StringComparison.Ordinal))
            .Select(f => $"docs/tensorrt-llm.md does not say what {f.Name} is"));
    }

    [Fact]
    public void The_page_names_every_flag_of_the_engine_s_builder()
    {
        string page = File.ReadAllText(Repository.PathOf("docs/tensorrt-llm.md"));

        Findings.None(TrtllmFlags.All.Where(f => !page.Contains($"`{f.Name}`", StringComparison.Ordinal)).Select(f => $"docs/tensorrt-llm.md does not name {f.Name}"));
    }

    [Theory]
    [InlineData("convert", OfConvert)]
    [InlineData("quantize", OfQuantize)]
    [InlineData("build", OfBuild)]
    public void Every_flag_of_the_scripts_is_known(string verb, string names)
    {
        Verb one = verb switch { "convert" => new ConvertVerb(), "build" => new BuildVerb(), _ => new QuantizeVerb() };
        Command command = one.Create(new ToolStreams(TextReader.Null, TextWriter.Null, TextWriter.Null));
        string[] known = [.. command.Options.SelectMany(o => o.Aliases.Prepend(o.Name))];

        Findings.None(names.Split(' ').Select(n => "--" + n).Except(known).Select(flag => $"{verb} does not know {flag}"));
    }

    [Theory]
    [InlineData("convert", "--use_qserve")]
    [InlineData("convert", "--use_nvfp4")]
    [InlineData("quantize", "--quantize_lm_head")]
    [InlineData("quantize", "--autoq_format", "fp8")]
    [InlineData("build", "--build_config", "fields.json")]
    public async Task A_flag_that_cannot_be_kept_is_refused_with_its_reason(string verb, params string[] flags)
    {
        using var scratch = new Scratch();
        string source = new TinyLlama().Write(scratch.PathOf("tiny"));
        string[] line = verb switch { "convert" => [verb, source, "--to", "tensorrt-llm"], "build" => [verb, source, "--engine", "tensorrt-llm-engine"], _ => [verb, source, "--qformat", "int8_wo"] };

        CkptResult result = await Ckpt.RunAsync([.. line, "--output", scratch.PathOf("out"), .. flags]);

        Assert.Contains("CKPT9096", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(scratch.PathOf("out")), result.ToString());
    }

    [Theory]
    [InlineData("int8_wo", "W8A16")]
    [InlineData("int4_awq", "W4A16_AWQ")]
    [InlineData("full_prec", null)]
    public async Task A_line_of_the_quantizing_script_gives_ranks(string format, string? algorithm)
    {
        using var scratch = new Scratch();
        string source = new TinyLlama().Write(scratch.PathOf("tiny"));

        await Ckpt.DoneAsync("quantize", "--model_dir", source, "--qformat", format, "--awq_block_size", "32", "--dtype", "float16", "--calib_size", "32", "--output_dir", scratch.PathOf("out"));

        using var config = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(scratch.PathOf("out/config.json"), TestContext.Current.CancellationToken));
        Assert.Equal(algorithm, config.RootElement.GetProperty("quantization").GetProperty("quant_algo").GetString());
    }

    [Fact]
    public async Task An_algorithm_of_NVIDIA_s_gives_a_checkpoint_of_TensorRT_LLM()
    {
        using var scratch = new Scratch();

        await Ckpt.DoneAsync("quantize", new TinyLlama().Write(scratch.PathOf("tiny")), "--quantization", "FP8_PER_CHANNEL_PER_TOKEN", "--output", scratch.PathOf("out"));

        Assert.True(File.Exists(scratch.PathOf("out/rank0.safetensors")));
    }
}

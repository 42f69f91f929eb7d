using System;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Models;

namespace CheckpointBuild.Building.Torchtune;

/// <summary>What torchtune calls the tensors of models that judge, and of encoders of text.</summary>
internal static class TuneTables
{
    private const int MostLayers = 4096;

    // Norm, attention and feed-forward block of a layer in Llama's manner; the halves of queries and keys lie interleaved in torchtune.
    private static readonly (string File, string Tune)[] InLayer =
    [
        ("input_layernorm.weight", "sa_norm.scale"),
        ("post_attention_layernorm.weight", "mlp_norm.scale"),
        ("mlp.gate_proj.weight", "mlp.w1.weight"),
        ("mlp.down_proj.weight", "mlp.w2.weight"),
        ("mlp.up_proj.weight", "mlp.w3.weight"),
        ("self_attn.q_proj.weight", "attn.q_proj.weight"),
        ("self_attn.k_proj.weight", "attn.k_proj.weight"),
        ("self_attn.v_proj.weight", "attn.v_proj.weight"),
        ("self_attn.o_proj.weight", "attn.output_proj.weight"),
    ];

    private static readonly (string File, string Tune)[] InClipLayer =
    [
        ("layer_norm1", "sa_norm"), ("layer_norm2", "mlp_norm"), ("mlp.fc1", "mlp.w1"), ("mlp.fc2", "mlp.w2"),
        ("self_attn.q_proj", "attn.q_proj"), ("self_attn.k_proj", "attn.k_proj"), ("self_attn.v_proj", "attn.v_proj"), ("self_attn.out_proj", "attn.output_proj"),
    ];

    private static readonly (string File, string Tune)[] InT5Layer =
    [
        ("layer.0.SelfAttention.q.weight", "attn.q_proj.weight"), ("layer.0.SelfAttention.k.weight", "attn.k_proj.weight"), ("layer.0.SelfAttention.v.weight", "attn.v_proj.weight"), ("layer.0.SelfAttention.o.weight", "attn.output_proj.weight"),
        ("layer.0.layer_norm.weight", "sa_norm.scale"), ("layer.1.layer_norm.weight", "mlp_norm.scale"),
        ("layer.1.DenseReluDense.wi_0.weight", "mlp.w1.weight"), ("layer.1.DenseReluDense.wo.weight", "mlp.w2.weight"), ("layer.1.DenseReluDense.wi_1.weight", "mlp.w3.weight"),
    ];

    /// <summary>A language model of Llama's form whose head is a judgement (REWARD).</summary>
    /// <param name="config">The configuration.</param>
    /// <returns>The names.</returns>
    public static IEnumerable<TunePlace> Reward(ConfigReader config) =>
    [
        new("model.embed_tokens.weight", "tok_embeddings.weight"),
        .. Layers(config, "num_hidden_layers").SelectMany(n => LlamaLayer($"model.layers.{n}.", $"layers.{n}.", HeadRows(config))),
        new("model.norm.weight", "norm.scale"),
        new("score.weight", "output.weight"),
    ];

    /// <summary>CLIP's encoder of text (CLIP_TEXT).</summary>
    /// <param name="config">The configuration; the text model's part of it where there are several.</param>
    /// <returns>The names.</returns>
    public static IEnumerable<TunePlace> ClipText(ConfigReader config) =>
    [
        new("text_model.embeddings.token_embedding.weight", "token_embedding.weight"),
        new("text_model.embeddings.position_embedding.weight", "position_embedding"),
        .. Layers(config, "num_hidden_layers").SelectMany(n => InClipLayer.SelectMany(e => Parts($"text_model.encoder.layers.{n}.{e.File}", $"layers.{n}.{e.Tune}"))),
        .. Parts("text_model.final_layer_norm", "final_norm"),
    ];

    /// <summary>T5's encoder (T5_ENCODER).</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="embedding">The embedding's name in the files.</param>
    /// <returns>The names.</returns>
    public static IEnumerable<TunePlace> T5Encoder(ConfigReader config, string embedding) =>
    [
        new(embedding, "token_embedding.weight"),
        new("encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight", "relative_position_bias.embedding.weight"),
        .. Layers(config, "num_layers").SelectMany(n => InT5Layer.Select(e => new TunePlace($"encoder.block.{n}.{e.File}", $"layers.{n}.{e.Tune}"))),
        new("encoder.final_layer_norm.weight", "final_norm.scale"),
    ];

    /// <summary>A layer of Llama's form.</summary>
    /// <param name="file">What stands before its names in the files.</param>
    /// <param name="tune">What stands before them in torchtune.</param>
    /// <param name="headRows">Rows of one head.</param>
    /// <returns>The names.</returns>
    public static IEnumerable<TunePlace> LlamaLayer(string file, string tune, int headRows) =>
        InLayer.Select(e => new TunePlace(file + e.File, tune + e.Tune, e.Tune.EndsWith("attn.q_proj.weight", StringComparison.Ordinal) || e.Tune.EndsWith("attn.k_proj.weight", StringComparison.Ordinal) ? headRows : null));

    /// <summary>A weight and its bias.</summary>
    /// <param name="file">The module in the files.</param>
    /// <param name="tune">The module in torchtune.</param>
    /// <returns>Both names.</returns>
    public static IEnumerable<TunePlace> Parts(string file, string tune) => [new($"{file}.weight", $"{tune}.weight"), new($"{file}.bias", $"{tune}.bias")];

    /// <summary>The numbers of a model's layers.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="field">States how many there are.</param>
    /// <returns>From 0.</returns>
    public static IEnumerable<int> Layers(ConfigReader config, string field) => Enumerable.Range(0, Math.Min(config.Count(field), MostLayers));

    /// <summary>Rows of one head of a language model.</summary>
    /// <param name="config">The configuration.</param>
    /// <returns>As stated, or the width by the heads.</returns>
    public static int HeadRows(ConfigReader config) => config.OptionalCount("head_dim") ?? config.Quotient("hidden_size", "num_attention_heads");
}

using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Models;

namespace CheckpointBuild.Building.Torchtune;

/// <summary>What torchtune calls the tensors of Llama 3.2 Vision: a decoder whose layers are fused with those that look at the picture, and the encoder of the picture.</summary>
internal static class VisionTable
{
    private const string Text = "language_model.model.";
    private const string Tower = "vision_model.";
    private const string Clip = "encoder.clip.";

    private static readonly (string File, string Tune)[] InCrossLayer =
    [
        ("cross_attn.q_proj.weight", "attn.q_proj.weight"), ("cross_attn.k_proj.weight", "attn.k_proj.weight"), ("cross_attn.v_proj.weight", "attn.v_proj.weight"), ("cross_attn.o_proj.weight", "attn.output_proj.weight"),
        ("cross_attn.q_norm.weight", "attn.q_norm.scale"), ("cross_attn.k_norm.weight", "attn.k_norm.scale"),
        ("cross_attn_attn_gate", "ca_scale.scale"), ("cross_attn_mlp_gate", "mlp_scale.scale"),
        ("input_layernorm.weight", "ca_norm.scale"), ("post_attention_layernorm.weight", "mlp_norm.scale"),
        ("mlp.gate_proj.weight", "mlp.w1.weight"), ("mlp.down_proj.weight", "mlp.w2.weight"), ("mlp.up_proj.weight", "mlp.w3.weight"),
    ];

    private static readonly (string File, string Tune)[] InTowerLayer =
    [
        ("self_attn.q_proj.weight", "attn.q_proj.weight"), ("self_attn.k_proj.weight", "attn.k_proj.weight"), ("self_attn.v_proj.weight", "attn.v_proj.weight"), ("self_attn.o_proj.weight", "attn.output_proj.weight"),
        ("mlp.fc1.weight", "mlp.w1.weight"), ("mlp.fc1.bias", "mlp.w1.bias"), ("mlp.fc2.weight", "mlp.w2.weight"), ("mlp.fc2.bias", "mlp.w2.bias"),
        ("input_layernorm.weight", "sa_norm.weight"), ("input_layernorm.bias", "sa_norm.bias"), ("post_attention_layernorm.weight", "mlp_norm.weight"), ("post_attention_layernorm.bias", "mlp_norm.bias"),
    ];

    private static readonly TunePlace[] OfTower =
    [
        new(Tower + "gated_positional_embedding.embedding", Clip + "token_pos_embedding.local_token_positional_embedding"),
        new(Tower + "gated_positional_embedding.tile_embedding.weight", Clip + VisionConversion.Tiles),
        new(Tower + "gated_positional_embedding.gate", Clip + "token_pos_embedding.gate"),
        new(Tower + "pre_tile_positional_embedding.embedding.weight", Clip + VisionConversion.TilesBefore),
        new(Tower + "pre_tile_positional_embedding.gate", Clip + "pre_tile_pos_embed.gate"),
        new(Tower + "post_tile_positional_embedding.embedding.weight", Clip + VisionConversion.TilesBehind),
        new(Tower + "post_tile_positional_embedding.gate", Clip + "post_tile_pos_embed.gate"),
        new(Tower + "class_embedding", Clip + "cls_token_embedding.weight"),
        new(Tower + "patch_embedding.weight", Clip + "conv.weight"),
        .. TuneTables.Parts(Tower + "layernorm_pre", Clip + "ln_pre"),
        .. TuneTables.Parts(Tower + "layernorm_post", Clip + "ln_post"),
        .. TuneTables.Parts("multi_modal_projector", "encoder.projection.output"),
    ];

    /// <summary>The names.</summary>
    /// <param name="text">The configuration of the text model.</param>
    /// <param name="vision">The configuration of the encoder.</param>
    /// <returns>Every tensor.</returns>
    public static IEnumerable<TunePlace> Of(ConfigReader text, ConfigReader vision) =>
    [
        new(Text + "embed_tokens.weight", VisionConversion.Embedding),
        .. TextLayers(text),
        new(Text + "norm.weight", "decoder.norm.scale"),
        new("language_model.lm_head.weight", "decoder.output.weight"),
        .. OfTower,
        .. TuneTables.Layers(vision, "num_hidden_layers").SelectMany(n => TowerLayer($"{Tower}transformer.layers.{n}.", $"{Clip}layers.{n}.")),
        .. TuneTables.Layers(vision, "num_global_layers").SelectMany(n => GlobalLayer($"{Tower}global_transformer.layers.{n}.", $"encoder.projection.layers.{n}.")),
    ];

    // Files count layers that look at the picture as layers of their own; in torchtune each is fused with the next one.
    private static IEnumerable<TunePlace> TextLayers(ConfigReader text)
    {
        ImmutableArray<int> cross = text.Tokens("cross_attention_layers");
        foreach (int layer in TuneTables.Layers(text, "num_hidden_layers"))
        {
            string file = $"{Text}layers.{layer}.", tune = $"decoder.layers.{layer - cross.Count(c => c < layer)}.";
            foreach (TunePlace place in cross.Contains(layer) ? InCrossLayer.Select(e => new TunePlace(file + e.File, $"{tune}fusion_layer.{e.Tune}")) : TuneTables.LlamaLayer(file, tune, TuneTables.HeadRows(text)))
            {
                yield return place;
            }
        }
    }

    private static IEnumerable<TunePlace> TowerLayer(string file, string tune) => InTowerLayer.Select(e => new TunePlace(file + e.File, tune + e.Tune));

    private static IEnumerable<TunePlace> GlobalLayer(string file, string tune) => [.. TowerLayer(file, tune), new(file + "gate_attn", tune + "sa_scale.scale"), new(file + "gate_ffn", tune + "mlp_scale.scale")];
}

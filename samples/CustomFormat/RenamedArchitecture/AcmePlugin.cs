using CheckpointBuild.Building.Plugins;
using CheckpointBuild.Dialects.Mapping;
using CheckpointBuild.Models;
using RenamedArchitecture;

[assembly: CheckpointPlugin(typeof(AcmePlugin), CheckpointPlugin.SurfaceVersion)]

namespace RenamedArchitecture;

/// <summary>Only a mapping: a Hugging Face folder whose <c>config.json</c> says <c>AcmeForCausalLM</c>, which is a Llama with other names, one norm for all layers, and a vision tower that no engine needs.</summary>
public sealed class AcmePlugin : CheckpointPlugin
{
    public override string Name => "Acme's architecture";

    public override void Register(PluginRegistry registry) => registry
        .Add("huggingface", "AcmeForCausalLM", new RoleMapping(ModelFamily.FindArchitecture("LlamaForCausalLM"))
            .Skip(@"^vision\.")
            .Rename(@"^acme\.words\.", "model.embed_tokens.")
            .Rename(@"^acme\.last_norm\.", "model.norm.")
            .Rename(@"^acme\.head\.", "lm_head.")
            .Repeat(@"^acme\.shared_norm\.", "model.layers.{layer}.post_attention_layernorm.")
            .Rename(@"^acme\.blocks\.(\d+)\.norm\.", "model.layers.$1.input_layernorm.")
            .Rename(@"^acme\.blocks\.(\d+)\.attention\.([qkvo])\.", "model.layers.$1.self_attn.$2_proj.")
            .Rename(@"^acme\.blocks\.(\d+)\.feed_forward\.(gate|up|down)\.", "model.layers.$1.mlp.$2_proj."));
}

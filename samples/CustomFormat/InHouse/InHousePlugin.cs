using CheckpointBuild.Building.Plugins;
using CheckpointBuild.Dialects.Mapping;
using CheckpointBuild.Models;
using InHouse;

[assembly: CheckpointPlugin(typeof(InHousePlugin), CheckpointPlugin.SurfaceVersion)]

namespace InHouse;

/// <summary>A complete format: <c>model.ini</c> says what the model is, <c>weights.pack</c> holds its tensors under names of our own.</summary>
public sealed class InHousePlugin : CheckpointPlugin
{
    public override string Name => "In-house format";

    public override void Register(PluginRegistry registry) => registry
        .Add(new InHouseDialect())
        .Add("in-house", "LlamaForCausalLM", new RoleMapping().Named(
            Rule(RoleKind.TokenEmbedding, "tokens"),
            Rule(RoleKind.FinalNorm, "last_norm"),
            Rule(RoleKind.Output, "head"),
            Rule(RoleKind.AttentionNorm, "block{layer}/norm1"),
            Rule(RoleKind.FeedForwardNorm, "block{layer}/norm2"),
            new NameRule("block{layer}/qkv", [RoleKind.Query, RoleKind.Key, RoleKind.Value]) { WeightSuffix = "" },
            Rule(RoleKind.AttentionOutput, "block{layer}/out"),
            new NameRule("block{layer}/gate_up", [RoleKind.Gate, RoleKind.Up]) { WeightSuffix = "" },
            Rule(RoleKind.Down, "block{layer}/down") with { Layout = TensorLayout.InOut }));

    private static NameRule Rule(RoleKind kind, string name) => new(kind, name) { WeightSuffix = "" };
}

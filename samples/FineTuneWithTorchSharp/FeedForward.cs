using CheckpointBuild.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTuneWithTorchSharp;

/// <summary>The gated feed-forward block.</summary>
internal sealed class FeedForward : nn.Module<Tensor, Tensor>
{
    private readonly Frozen w1;
    private readonly Frozen w2;
    private readonly Frozen w3;

    public FeedForward(ModelConfig config)
        : base("mlp")
    {
        w1 = new Frozen(config.FeedForwardSize, config.HiddenSize);
        w2 = new Frozen(config.HiddenSize, config.FeedForwardSize);
        w3 = new Frozen(config.FeedForwardSize, config.HiddenSize);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => nn.functional.linear(nn.functional.silu(nn.functional.linear(x, w1.weight)) * nn.functional.linear(x, w3.weight), w2.weight);
}

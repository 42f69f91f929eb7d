using CheckpointBuild.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTuneWithTorchSharp;

/// <summary>One layer: attention and the feed-forward block, each behind a norm.</summary>
internal sealed class Layer : nn.Module<Tensor, Tensor>
{
    private readonly Norm sa_norm;
    private readonly Attention attn;
    private readonly Norm mlp_norm;
    private readonly FeedForward mlp;

    public Layer(ModelConfig config, LoraSettings lora)
        : base("layer")
    {
        sa_norm = new Norm(config.HiddenSize, config.NormEpsilon);
        attn = new Attention(config, lora);
        mlp_norm = new Norm(config.HiddenSize, config.NormEpsilon);
        mlp = new FeedForward(config);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        x = x + attn.forward(sa_norm.forward(x));
        return x + mlp.forward(mlp_norm.forward(x));
    }
}

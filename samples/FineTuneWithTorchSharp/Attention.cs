using System;
using CheckpointBuild.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTuneWithTorchSharp;

/// <summary>Causal attention with grouped queries, whose rotation turns neighbours, as torchtune has it; queries and values have low-rank changes.</summary>
internal sealed class Attention : nn.Module<Tensor, Tensor>
{
    private readonly LoraLinear q_proj;
    private readonly Frozen k_proj;
    private readonly LoraLinear v_proj;
    private readonly Frozen output_proj;
    private readonly ModelConfig _config;

    public Attention(ModelConfig config, LoraSettings lora)
        : base("attention")
    {
        _config = config;
        long queries = (long)config.HeadCount * config.HeadDimension, keys = (long)config.KeyValueHeadCount * config.HeadDimension;
        q_proj = new LoraLinear(config.HiddenSize, queries, lora);
        k_proj = new Frozen(keys, config.HiddenSize);
        v_proj = new LoraLinear(config.HiddenSize, keys, lora);
        output_proj = new Frozen(config.HiddenSize, queries);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        long tokens = x.shape[0];
        Tensor queries = Turned(Heads(q_proj.forward(x), _config.HeadCount));
        Tensor keys = Grouped(Turned(Heads(nn.functional.linear(x, k_proj.weight), _config.KeyValueHeadCount)));
        Tensor values = Grouped(Heads(v_proj.forward(x), _config.KeyValueHeadCount));
        Tensor scores = matmul(queries, keys.transpose(-2, -1)) / Math.Sqrt(_config.HeadDimension);
        Tensor future = ones(tokens, tokens, dtype: ScalarType.Bool).triu(1);
        Tensor mixed = matmul(scores.masked_fill(future, float.NegativeInfinity).softmax(-1), values);
        return nn.functional.linear(mixed.transpose(0, 1).reshape(tokens, -1), output_proj.weight);
    }

    // [heads, tokens, head dimension]
    private Tensor Heads(Tensor x, int heads) => x.view(x.shape[0], heads, _config.HeadDimension).transpose(0, 1);

    private Tensor Grouped(Tensor x) => x.repeat_interleave(_config.HeadCount / _config.KeyValueHeadCount, dim: 0);

    private Tensor Turned(Tensor x)
    {
        int half = _config.HeadDimension / 2;
        Tensor frequencies = pow(_config.Rope!.Theta, arange(0, half, dtype: ScalarType.Float32) * (-1.0 / half));
        Tensor angles = outer(arange(0, x.shape[1], dtype: ScalarType.Float32), frequencies);
        Tensor pairs = x.reshape(x.shape[0], x.shape[1], half, 2);
        (Tensor even, Tensor odd) = (pairs.select(-1, 0), pairs.select(-1, 1));
        return stack([(even * angles.cos()) - (odd * angles.sin()), (odd * angles.cos()) + (even * angles.sin())], -1).reshape(x.shape);
    }
}

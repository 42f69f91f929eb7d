using System;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTuneWithTorchSharp;

/// <summary>A Llama with low-rank changes of queries and values. Its parts are named as torchtune names them, so that a checkpoint finds them; the head is the embedding.</summary>
internal sealed class Llama : nn.Module<Tensor, Tensor>
{
    private readonly Frozen tok_embeddings;
    private readonly ModuleList<Layer> layers;
    private readonly Norm norm;

    public Llama(ModelConfig config, LoraSettings lora)
        : base("llama")
    {
        tok_embeddings = new Frozen(config.VocabularySize, config.HiddenSize);
        layers = new ModuleList<Layer>([.. Enumerable.Range(0, config.LayerCount).Select(_ => new Layer(config, lora))]);
        norm = new Norm(config.HiddenSize, config.NormEpsilon);
        RegisterComponents();
    }

    /// <summary>The parameters that are trained, by name.</summary>
    public IReadOnlyList<(string Name, Parameter Value)> Trained => [.. named_parameters().Where(p => IsOfAdapter(p.name)).Select(p => (p.name, p.parameter))];

    /// <summary>Whether a parameter belongs to the adapter and not to the checkpoint.</summary>
    public static bool IsOfAdapter(string name) => name.Contains(".lora_", StringComparison.Ordinal);

    /// <summary>Logits, [tokens, vocabulary], of ids, [tokens].</summary>
    public override Tensor forward(Tensor ids)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = tok_embeddings.weight.index_select(0, ids);
        foreach (Layer layer in layers)
        {
            x = layer.forward(x);
        }

        return nn.functional.linear(norm.forward(x), tok_embeddings.weight).MoveToOuterDisposeScope();
    }
}

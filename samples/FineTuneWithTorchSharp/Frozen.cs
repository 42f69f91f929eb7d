using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTuneWithTorchSharp;

/// <summary>A projection or an embedding that is not trained.</summary>
internal sealed class Frozen : nn.Module
{
    public readonly Parameter weight;

    public Frozen(params long[] shape)
        : base("frozen")
    {
        weight = new Parameter(zeros(shape), requires_grad: false);
        RegisterComponents();
    }
}

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTuneWithTorchSharp;

/// <summary>Root mean square norm, not trained.</summary>
internal sealed class Norm : nn.Module<Tensor, Tensor>
{
    private readonly Parameter scale;
    private readonly double _epsilon;

    public Norm(long size, double epsilon)
        : base("norm")
    {
        scale = new Parameter(zeros(size), requires_grad: false);
        _epsilon = epsilon;
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => x * rsqrt(x.square().mean([-1], keepdim: true) + _epsilon) * scale;
}

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTuneWithTorchSharp;

/// <summary>A frozen projection and a trained change of low rank: W x + alpha / rank · B (A x).</summary>
internal sealed class LoraLinear : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly Linear lora_a;
    private readonly Linear lora_b;
    private readonly double _scale;

    public LoraLinear(long inputs, long outputs, LoraSettings settings)
        : base("lora")
    {
        weight = new Parameter(zeros(outputs, inputs), requires_grad: false);
        lora_a = nn.Linear(inputs, settings.Rank, hasBias: false);
        lora_b = nn.Linear(settings.Rank, outputs, hasBias: false);
        _scale = settings.Alpha / settings.Rank;
        RegisterComponents();
        nn.init.zeros_(lora_b.weight!);
    }

    public override Tensor forward(Tensor x) => nn.functional.linear(x, weight) + (lora_b.forward(lora_a.forward(x)) * _scale);
}

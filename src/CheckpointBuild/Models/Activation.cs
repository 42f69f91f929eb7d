namespace CheckpointBuild.Models;

/// <summary>The nonlinearity of the feed-forward block.</summary>
public enum Activation
{
    /// <summary>x · sigmoid(x), also called swish.</summary>
    Silu,

    /// <summary>GELU with the error function.</summary>
    Gelu,

    /// <summary>GELU by the tanh approximation.</summary>
    GeluTanh,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>max(x, 0)².</summary>
    ReluSquared,

    /// <summary>gpt-oss's gate: <c>(up + 1) · gate · sigmoid(1.702 · gate)</c>, both held within <see cref="ModelConfig.GateLimit"/> first (the gate from above alone).</summary>
    ClampedSwish,
}

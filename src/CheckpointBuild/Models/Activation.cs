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
}

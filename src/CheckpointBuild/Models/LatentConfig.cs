namespace CheckpointBuild.Models;

/// <summary>Multi-head latent attention (arXiv:2405.04434): keys and values come from one narrow latent, and the part of a key that turns is one for all heads.</summary>
public sealed record LatentConfig
{
    /// <summary>Width of the queries' latent; 0 where queries are projected at once.</summary>
    public required int QueryRank { get; init; }

    /// <summary>Width of the latent of keys and values.</summary>
    public required int KeyValueRank { get; init; }

    /// <summary>Dimensions of a query or key that do not turn; they stand first.</summary>
    public required int PlainDimension { get; init; }

    /// <summary>Dimensions of a query or key that turn.</summary>
    public required int RotaryDimension { get; init; }

    /// <summary>What the latents' norms add to the mean square.</summary>
    public double NormEpsilon { get; init; } = 1e-6;
}

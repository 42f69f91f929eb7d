namespace CheckpointBuild.Runtime;

/// <summary>The downward projections of latent attention; queries, keys and values are projected upwards from what they give.</summary>
internal sealed record LatentWeights
{
    /// <summary>Projection to the queries' latent, [latent, hidden], or null where queries come from the input at once.</summary>
    public Projection? QueryDown { get; init; }

    /// <summary>Norm of the queries' latent.</summary>
    public Norm? QueryDownNorm { get; init; }

    /// <summary>Projection to the latent of keys and values, [latent, hidden].</summary>
    public required Projection KeyValueDown { get; init; }

    /// <summary>Norm of the latent of keys and values.</summary>
    public required Norm KeyValueDownNorm { get; init; }

    /// <summary>Projection to the part of a key that turns, one for all heads, [rotary dimensions, hidden].</summary>
    public required Projection RotaryKey { get; init; }
}

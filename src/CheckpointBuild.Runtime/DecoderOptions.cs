namespace CheckpointBuild.Runtime;

/// <summary>How a decoder uses the machine.</summary>
public sealed record DecoderOptions
{
    /// <summary>All processors, the model's whole context.</summary>
    public static DecoderOptions Default { get; } = new();

    /// <summary>How many threads work, the caller's included; 0 = one a processor. Results do not depend on it.</summary>
    public int ThreadCount { get; init; }

    /// <summary>The longest sequence, in tokens, at most the model's own; 0 = the model's own. Memory for it is taken as the sequence grows.</summary>
    public int ContextLength { get; init; }
}

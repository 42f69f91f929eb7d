namespace CheckpointBuild.Models;

/// <summary>Where attention and the feed-forward block take their input, and where norms stand that are no tensors of their own. x is the residual stream.</summary>
public enum ResidualShape
{
    /// <summary>One after the other: <c>x += attention(norm(x))</c>, <c>x += feedForward(norm(x))</c>. A norm that the model lacks is left out; norms of the results stand wherever there are tensors for them.</summary>
    Sequential,

    /// <summary>Both read the same x: <c>x += attention(norm(x)) + feedForward(norm(x))</c>, with a norm for each.</summary>
    Parallel,

    /// <summary>Both read the same norm of x.</summary>
    ParallelOneNorm,

    /// <summary>One after the other with the norm after the sum, as in the first transformers: <c>x = norm(x + attention(x))</c>.</summary>
    NormAfterSum,

    /// <summary>One after the other, and what is added to is the norm: <c>y = norm(x)</c>, <c>x = y + attention(y)</c>.</summary>
    NormIsResidual,
}

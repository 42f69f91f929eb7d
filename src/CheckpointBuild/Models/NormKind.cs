namespace CheckpointBuild.Models;

/// <summary>What a model's norms divide by.</summary>
public enum NormKind
{
    /// <summary>The root of the mean square (arXiv:1910.07467).</summary>
    Rms,

    /// <summary>The standard deviation, after the mean was subtracted (arXiv:1607.06450).</summary>
    Layer,
}

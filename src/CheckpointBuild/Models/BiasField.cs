using System;

namespace CheckpointBuild.Models;

/// <summary>A flag of a Hugging Face configuration that says where biases are.</summary>
/// <param name="Name">The field.</param>
/// <param name="Sites">Where there are biases when it is true; none of these has them always.</param>
/// <param name="Default">What holds where it is absent.</param>
public sealed record BiasField(string Name, BiasSites Sites, bool Default = false)
{
    /// <summary>Whether the flag is true for a model.</summary>
    /// <param name="config">The model.</param>
    /// <returns>True when one of the sites has biases.</returns>
    public bool HoldsIn(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return (config.Biases & Sites) != 0;
    }
}

namespace CheckpointBuild.Models;

/// <summary>How rotary frequencies are changed for contexts longer than the model was first trained on.</summary>
public enum RopeScalingKind
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Positions are divided by the factor.</summary>
    Linear,

    /// <summary>The base grows with the sequence once it passes the original context (NTK).</summary>
    Dynamic,

    /// <summary>Low frequencies are divided by the factor, high ones kept, with a ramp between (YaRN, arXiv:2309.00071).</summary>
    Yarn,

    /// <summary>Llama 3.1's rule: by wavelength against the original context, with a smooth middle.</summary>
    Llama3,
}

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

    /// <summary>Each frequency is divided by a factor of its own; there is one set of factors for sequences within the original context and one for longer ones (arXiv:2402.13753).</summary>
    LongRope,
}

namespace CheckpointBuild.Dialects.TensorRtLlm.Smoothing;

/// <summary>Which way smoothing goes.</summary>
internal enum SmoothingDirection
{
    /// <summary>Weights take the inputs' range.</summary>
    Multiply,

    /// <summary>The norm before them gives it.</summary>
    Divide,
}

namespace CheckpointBuild.Dialects.TensorRtLlm;

/// <summary>How the form of a release is known.</summary>
public enum TensorRtLlmProof
{
    /// <summary>Its own converter's files were compared byte for byte.</summary>
    Bytes,

    /// <summary>Its source was read; no file of it was seen.</summary>
    Source,
}

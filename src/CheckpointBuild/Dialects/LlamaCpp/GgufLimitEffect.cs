namespace CheckpointBuild.Dialects.LlamaCpp;

/// <summary>What comes of something that llama.cpp cannot express.</summary>
internal enum GgufLimitEffect
{
    /// <summary>No file of it can be made: the reference converter refuses the model.</summary>
    CannotBeWritten,

    /// <summary>The reference converter writes a file that its own runtime refuses.</summary>
    WillNotLoad,

    /// <summary>The runtime loads the file and computes something else than the checkpoint means.</summary>
    ComputesElse,
}

namespace CheckpointBuild.TorchSharp;

/// <summary>What happens where a parameter's dtype is not the checkpoint's.</summary>
public enum DTypeRule
{
    /// <summary>It is an error: nothing is rounded without a word.</summary>
    Same,

    /// <summary>Numbers are converted to the parameter's dtype.</summary>
    Convert,
}

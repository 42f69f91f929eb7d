namespace CheckpointBuild.Acquisition;

/// <summary>Where a model that is no folder of the user's comes from.</summary>
public enum ModelOrigin
{
    /// <summary>A repository of the Hugging Face Hub.</summary>
    HuggingFace,

    /// <summary>A NuGet package.</summary>
    NuGet,
}

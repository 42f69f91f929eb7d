namespace CheckpointBuild.Building.Torchtune;

/// <summary>Whose files a training loop reads and writes: torchtune's three checkpointers.</summary>
public enum CheckpointerKind
{
    /// <summary>Hugging Face's folder (torchtune's <c>FullModelHFCheckpointer</c>).</summary>
    HuggingFace,

    /// <summary>One file of Meta's (<c>FullModelMetaCheckpointer</c>).</summary>
    Meta,

    /// <summary>One file under torchtune's own names (<c>FullModelTorchTuneCheckpointer</c>).</summary>
    Torchtune,
}

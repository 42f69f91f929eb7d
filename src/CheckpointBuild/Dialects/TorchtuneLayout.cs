namespace CheckpointBuild.Dialects;

/// <summary>How torchtune's output folder is arranged: by today's releases, or by its first ones.</summary>
public enum TorchtuneLayout
{
    /// <summary>A folder for each epoch: <c>epoch_0/model-00001-of-00001.bin</c>.</summary>
    Current,

    /// <summary>One folder for all, the epoch at the end of each name: <c>torchtune_model_0.pt</c>.</summary>
    Classic,
}

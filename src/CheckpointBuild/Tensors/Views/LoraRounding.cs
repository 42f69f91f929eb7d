namespace CheckpointBuild.Tensors.Views;

/// <summary>Where numbers are rounded while a low-rank change is added to a matrix. s is the scale, A and B are the factors, W is the matrix.</summary>
public enum LoraRounding
{
    /// <summary>PEFT's <c>merge_and_unload()</c>: D = s · (B A), rounded to the adapter's dtype; W + D is rounded once.</summary>
    Peft,

    /// <summary>PEFT's <c>safe_merge=True</c>, and what it does to embeddings always: D is rounded to the matrix's dtype too before it is added.</summary>
    PeftSafe,

    /// <summary>torchtune's <c>get_merged_lora_ckpt</c>: s · B is rounded to the adapter's dtype, then its product with A, then W + D.</summary>
    Torchtune,
}

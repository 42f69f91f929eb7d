namespace CheckpointBuild.Models;

/// <summary>Which dimensions of a head turn together.</summary>
public enum RopeStyle
{
    /// <summary>Dimension i and dimension i + half: GPT-NeoX's order, and that of most models in Hugging Face's form.</summary>
    Halves,

    /// <summary>Neighbours: dimensions 2i and 2i + 1, GPT-J's order.</summary>
    Pairs,
}

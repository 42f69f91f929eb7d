namespace CheckpointBuild.Tensors.Views;

/// <summary>What happens to a finite number that the dtype asked for cannot hold.</summary>
public enum OverflowRule
{
    /// <summary>The conversion is refused by tensor, place and value.</summary>
    Refuse,

    /// <summary>It becomes infinite, as the reference tools write it.</summary>
    Infinity,
}

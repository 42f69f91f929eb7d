using CheckpointBuild.DTypes;

namespace CheckpointBuild.Stages;

/// <summary>How an adapter is merged.</summary>
public sealed record MergeOptions
{
    /// <summary>What every low-rank change is multiplied by; any finite number.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>The float dtype that the base is loaded in before anything is added to it; null = as it is stored.</summary>
    public DType? BaseDType { get; init; }

    /// <summary>The dtype that PEFT adapters have in memory; null = float32, as PEFT itself loads them whatever their files hold.</summary>
    public DType? FactorDType { get; init; }

    /// <summary>Whether changes are rounded before they are added.</summary>
    public ChangeRounding Changes { get; init; }
}

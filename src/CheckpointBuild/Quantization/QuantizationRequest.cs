
namespace CheckpointBuild.Quantization;

/// <summary>A quantization as NVIDIA's tools name it, with what it needs to know.</summary>
public sealed record QuantizationRequest
{
    /// <summary>No quantization.</summary>
    public static QuantizationRequest None { get; } = new();

    /// <summary>The algorithm; null = weights stay floats.</summary>
    public QuantAlgo? Algorithm { get; init; }

    /// <summary>What the cache of keys and values holds; null = floats.</summary>
    public KvCacheAlgo? KvCache { get; init; }

    /// <summary>Columns that share one scale, where the algorithm has groups.</summary>
    public int GroupSize { get; init; } = 128;

    /// <summary>Whether grouped weights have zero points of their own, as the configuration records it.</summary>
    public bool HasZeroPoints { get; init; }

    /// <summary>SmoothQuant's alpha: how much of the activations' range goes into the weights.</summary>
    public double? SmoothQuant { get; init; }

    /// <summary>Whether FP8 rows follow Meta's recipe: first and last layers and attention stay floats.</summary>
    public bool UsesMetaRecipe { get; init; }

    /// <summary>Whether it is made on the converters' own calibrated path: SmoothQuant, or an int8 cache beside floats or weight-only matrices. ModelOpt's forms have a path of their own.</summary>
    public bool IsCalibrated => Algorithm is { IsSmoothQuant: true } || (KvCache == KvCacheAlgo.Int8 && Algorithm is null or { IsWeightOnly: true });
}

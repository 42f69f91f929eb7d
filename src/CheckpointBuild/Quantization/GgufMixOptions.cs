using System.Collections.Immutable;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Quantization;

/// <summary>What the user may ask of llama.cpp's quantizer beside the kind of file.</summary>
public sealed record GgufMixOptions
{
    /// <summary>Whether all matrices get the kind's dtype, without exceptions for some roles.</summary>
    public bool IsPure { get; init; }

    /// <summary>The dtype of the output head, and of an embedding that is one; null = the mix's.</summary>
    public DType? OutputTensorType { get; init; }

    /// <summary>Whether an output head of its own stays as it is.</summary>
    public bool LeavesOutputTensor { get; init; }

    /// <summary>The dtype of the token embedding; null = the mix's.</summary>
    public DType? TokenEmbeddingType { get; init; }

    /// <summary>Dtypes of tensors whose names hold a pattern; the first that matches counts.</summary>
    public ImmutableArray<TensorTypeRule> TensorTypes { get; init; } = [];

    /// <summary>Layers that are left out, from 0.</summary>
    public ImmutableArray<int> PruneLayers { get; init; } = [];

    /// <summary>Values that the metadata gets, in their order; of several for one key the last holds.</summary>
    public ImmutableArray<MetadataOverride> Overrides { get; init; } = [];

    /// <summary>The float dtype that weights are rounded to first, as the file between converter and quantizer has them; null = float16.</summary>
    public DType? IntermediateDType { get; init; }

    /// <summary>How much the columns of each tensor count; null = not known.</summary>
    public ImportanceMatrix? Importance { get; init; }

    /// <summary>Whether anything is asked that only the quantizer can do.</summary>
    public bool AsksForQuantizer => ChoosesTypes || LeavesOutputTensor || !PruneLayers.IsEmpty || !Overrides.IsEmpty || Importance is not null;

    /// <summary>Whether a type is asked for that a file as it stands may not have.</summary>
    internal bool ChoosesTypes => IsPure || OutputTensorType is not null || TokenEmbeddingType is not null || !TensorTypes.IsEmpty || IntermediateDType is not null;
}

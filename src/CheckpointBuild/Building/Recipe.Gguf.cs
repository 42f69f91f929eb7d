using System.Collections.Immutable;
using CheckpointBuild.DTypes;
using CheckpointBuild.Quantization;

namespace CheckpointBuild.Building;

/// <content>What a GGUF engine's quantization may be asked.</content>
public sealed partial record Recipe
{
    /// <summary>Whether all matrices of a GGUF file get the kind's dtype, without exceptions for some roles.</summary>
    public Purity Pure { get; init; }

    /// <summary>The dtype of a GGUF file's output head, and of an embedding that is one; null = the mix's.</summary>
    public DType? OutputTensorType { get; init; }

    /// <summary>Whether a GGUF file's output head of its own stays as the file before the quantizer has it.</summary>
    public bool LeaveOutputTensor { get; init; }

    /// <summary>The dtype of a GGUF file's token embedding; null = the mix's.</summary>
    public DType? TokenEmbeddingType { get; init; }

    /// <summary>Dtypes of a GGUF file's tensors by pattern; the first that matches counts.</summary>
    public ImmutableArray<TensorTypeRule> TensorTypes { get; init; } = [];

    /// <summary>Layers of a GGUF file that are left out, from 0.</summary>
    public ImmutableArray<int> PruneLayers { get; init; } = [];

    /// <summary>Values that a GGUF file's metadata gets.</summary>
    public ImmutableArray<MetadataOverride> OverrideKv { get; init; } = [];

    /// <summary>Parts of tensors' names: importance counts for these alone; none = for all.</summary>
    public ImmutableArray<string> IncludeWeights { get; init; } = [];

    /// <summary>Parts of tensors' names: importance does not count for these.</summary>
    public ImmutableArray<string> ExcludeWeights { get; init; } = [];

    /// <summary>The float dtype that weights are rounded to before they are quantized; null = float16.</summary>
    public DType? IntermediateDType { get; init; }

    /// <summary>The full path of a GGUF engine's importance matrix; null = none.</summary>
    public string? ImportanceMatrix { get; init; }

    /// <summary>The full path of a text from which importance or statistics are measured; <c>:own</c> = the library's; null = none.</summary>
    public string? Calibration { get; init; }

    private GgufMixOptions GgufOptions(ImportanceMatrix? importance) => new()
    {
        Importance = importance?.Of(IncludeWeights, ExcludeWeights),
        IsPure = Pure == Purity.Pure,
        OutputTensorType = OutputTensorType,
        LeavesOutputTensor = LeaveOutputTensor,
        TokenEmbeddingType = TokenEmbeddingType,
        TensorTypes = TensorTypes,
        PruneLayers = PruneLayers,
        Overrides = OverrideKv,
        IntermediateDType = IntermediateDType,
    };
}

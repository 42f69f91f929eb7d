using CheckpointBuild.Dialects.TensorRtLlm;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects;

/// <summary>What a dialect must know to lay out files, beside the checkpoint.</summary>
public sealed record PlanOptions
{
    /// <summary>The engine's name; a single-file engine is called so.</summary>
    public required string EngineName { get; init; }

    /// <summary>Which dtype each tensor gets, and what that is called.</summary>
    public required QuantizationPolicy Policy { get; init; }

    /// <summary>The dtype that was asked for and that an adapter beside the product gets too; null = each factor keeps its own.</summary>
    internal DType? AdapterDType { get; init; }

    /// <summary>What happens to finite numbers that a dtype cannot hold.</summary>
    public OverflowRule Overflow { get; init; }

    /// <summary>The most bytes of tensors in one shard.</summary>
    public long MaxShardSize { get; init; } = long.MaxValue;

    /// <summary>Ranks and quantization of a TensorRT-LLM checkpoint.</summary>
    public TensorRtLlmOptions TensorRtLlm { get; init; } = new();

    /// <summary>What is asked of llama.cpp's quantizer beside the kind of file.</summary>
    public GgufMixOptions Gguf { get; init; } = new();

    /// <summary>Whether what the ecosystem's own tools lose or round is lost and rounded too.</summary>
    public bool FollowsReference { get; init; }

    /// <summary>How torchtune's folder is arranged.</summary>
    public TorchtuneLayout TorchtuneLayout { get; init; }

    /// <summary>llama.cpp's name of the way in which text is split; null = found by what the tokenizer does.</summary>
    public string? PreTokenizer { get; init; }

    /// <summary>A tensor in the dtype that the policy gives it.</summary>
    /// <param name="role">What it is; the first role where several lie in it.</param>
    /// <param name="tensor">The tensor, named and arranged as it will be written.</param>
    /// <returns>The tensor to write.</returns>
    public Tensor Typed(TensorRole role, Tensor tensor) => Converted.Of(tensor, Policy.TypeFor(role, tensor), Overflow);
}

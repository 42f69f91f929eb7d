using System;

namespace CheckpointBuild.Models;

/// <summary>How roles lie in a stored tensor. The default is one role as it is; of the steps below those that are stated are taken in this order, from roles to the stored tensor.</summary>
public sealed record TensorLayout
{
    /// <summary>One role, [out, in].</summary>
    public static TensorLayout Plain { get; } = new();

    /// <summary>[in, out], as GPT-2's files hold matrices.</summary>
    public static TensorLayout InOut { get; } = new() { IsInOut = true };

    /// <summary>One tensor of a layer for all experts or heads, [index, out, in].</summary>
    public static TensorLayout Stacked { get; } = new() { IsStacked = true };

    /// <summary>1. Rows of one head whose halves are interleaved, for kernels that turn neighbours; null = left as they are.</summary>
    public Func<ModelConfig, int?> InterleavedHeadRows { get; init; } = _ => null;

    /// <summary>2. Several roles one below the other: in how many groups of rows, each with its share of every role. 1 = all of the first role, then all of the second.</summary>
    public Func<ModelConfig, int> Groups { get; init; } = _ => 1;

    /// <summary>3. How many heads' matrices stand apart, [heads, out, in]; null = one matrix.</summary>
    public Func<ModelConfig, int?> Heads { get; init; } = _ => null;

    /// <summary>4. Whether matrices are stored [in, out].</summary>
    public bool IsInOut { get; init; }

    /// <summary>5. Whether all indices of a layer lie in one tensor.</summary>
    public bool IsStacked { get; init; }

    /// <summary>6. What is added to weights, not to biases.</summary>
    public Func<ModelConfig, int> Offset { get; init; } = _ => 0;

    /// <summary>Several roles one below the other.</summary>
    /// <param name="groups">In how many groups of rows.</param>
    /// <returns>The layout.</returns>
    public static TensorLayout Fused(Func<ModelConfig, int> groups) => new() { Groups = groups };
}

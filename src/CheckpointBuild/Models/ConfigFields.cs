using System.Collections.Immutable;

namespace CheckpointBuild.Models;

/// <summary>What a family calls the fields that all configurations have, and what holds where one is absent. The defaults are Llama's.</summary>
/// <remarks>Several names of one field are separated by '|'; the first is the one that is written.</remarks>
public sealed record ConfigFields
{
    /// <summary>Width of the residual stream.</summary>
    public string Hidden { get; init; } = "hidden_size";

    /// <summary>How many layers.</summary>
    public string Layers { get; init; } = "num_hidden_layers";

    /// <summary>Query heads.</summary>
    public string Heads { get; init; } = "num_attention_heads";

    /// <summary>Key/value heads; absent = as many as query heads. Null where the family has none of its own.</summary>
    public string? KeyValueHeads { get; init; } = "num_key_value_heads";

    /// <summary>Dimensions of a head; absent = width over heads. Null where the family cannot state them.</summary>
    public string? HeadDimension { get; init; } = "head_dim";

    /// <summary>Dimensions of a head where none are stated; null = width over heads.</summary>
    public int? DefaultHeadDimension { get; init; }

    /// <summary>Width of the feed-forward block; absent = four times the residual stream's. Null where it always is.</summary>
    public string? FeedForward { get; init; } = "intermediate_size";

    /// <summary>The longest sequence; null where the family states none.</summary>
    public string? Context { get; init; } = "max_position_embeddings";

    /// <summary>The longest sequence where none is stated.</summary>
    public int DefaultContext { get; init; } = 2048;

    /// <summary>What norms add; null where the family has one number alone.</summary>
    public string? NormEpsilon { get; init; } = "rms_norm_eps";

    /// <summary>What norms add where it is not stated.</summary>
    public double DefaultNormEpsilon { get; init; } = 1e-6;

    /// <summary>The nonlinearity; null where the family has one alone.</summary>
    public string? Activation { get; init; } = "hidden_act";

    /// <summary>The nonlinearity where none is stated.</summary>
    public Activation DefaultActivation { get; init; }

    /// <summary>Whether the head is tied to the embedding where nothing is stated.</summary>
    public bool TiedByDefault { get; init; }

    /// <summary>Where the family always has biases.</summary>
    public BiasSites Biases { get; init; }

    /// <summary>Flags that say where else there are biases.</summary>
    public ImmutableArray<BiasField> BiasFields { get; init; } = [];

    /// <summary>The base of the rotary embedding where none is stated; null where the family has no rotary embedding.</summary>
    public double? DefaultTheta { get; init; } = 10000;

    /// <summary>What part of a head turns where nothing is stated.</summary>
    public double DefaultRotaryPart { get; init; } = 1;

    /// <summary>Which dimensions turn together.</summary>
    public RopeStyle RopeStyle { get; init; }
}

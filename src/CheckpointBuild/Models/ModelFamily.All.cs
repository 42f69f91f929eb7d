using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Models.Families;

namespace CheckpointBuild.Models;

/// <content>The list.</content>
public abstract partial class ModelFamily
{
    // Of two families that llama.cpp calls the same, the first is taken for a GGUF file that does not tell them apart.
    private static readonly ModelFamily[] AllArray =
    [
        new Llama(), new Mistral(), new Mixtral(),
        new Qwen2(), new Qwen2Moe(), new Qwen3(), new Qwen3Moe(),
        new Gemma(), new Gemma2(), new Gemma3(),
        new Phi(), new Phi3(),
        new DeepSeekV2(), new DeepSeekV3(), new GptOss(),
        new Glm4(), new SmolLM3(), new Granite(), new Olmo(), new Olmo2(), new Cohere(), new Nemotron(), new Exaone4(), new Arcee(),
        new StableLm(), new StarCoder2(),
        new Gpt2(), new GptNeoX(), new GptJ(), new Opt(), new Bloom(), new Falcon(), new Mpt(),
    ];

    private static ImmutableArray<ModelFamily> _added = [];

    /// <summary>Every family of the product.</summary>
    public static IReadOnlyList<ModelFamily> All => AllArray;

    /// <summary>The product's families, then those that plug-ins added.</summary>
    public static IEnumerable<ModelFamily> Known => AllArray.Concat(_added);

    /// <summary>Adds a plug-in's family, whose names are free.</summary>
    /// <param name="family">The family.</param>
    internal static void Add(ModelFamily family) => ImmutableInterlocked.Update(ref _added, (all, more) => all.Add(more), family);

    /// <summary>Finds a family by the class name in <c>architectures</c>.</summary>
    /// <param name="architecture">For instance <c>LlamaForCausalLM</c>.</param>
    /// <returns>The family, or null.</returns>
    public static ModelFamily? FindArchitecture(string? architecture) =>
        architecture is null ? null : Known.FirstOrDefault(f => f.Architecture == architecture || f.OtherArchitectures.Contains(architecture));

    /// <summary>Finds a family by <c>model_type</c>.</summary>
    /// <param name="modelType">For instance <c>llama</c>.</param>
    /// <returns>The family, or null.</returns>
    public static ModelFamily? FindModelType(string? modelType) => Known.FirstOrDefault(f => f.ModelType == modelType);

    /// <summary>Finds a family by llama.cpp's name of the architecture.</summary>
    /// <param name="architecture">For instance <c>llama</c>.</param>
    /// <returns>The first family of that name, or null.</returns>
    public static ModelFamily? FindGguf(string? architecture) => Known.FirstOrDefault(f => f.GgufArchitecture is not null && f.GgufArchitecture == architecture);
}

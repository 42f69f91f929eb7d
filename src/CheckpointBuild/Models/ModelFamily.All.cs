using System;
using System.Collections.Generic;
using CheckpointBuild.Models.Families;

namespace CheckpointBuild.Models;

/// <content>The list.</content>
public abstract partial class ModelFamily
{
    private static readonly ModelFamily[] AllArray = [new Llama()];

    /// <summary>Every family.</summary>
    public static IReadOnlyList<ModelFamily> All => AllArray;

    /// <summary>Finds a family by the class name in <c>architectures</c>.</summary>
    /// <param name="architecture">For instance <c>LlamaForCausalLM</c>.</param>
    /// <returns>The family, or null.</returns>
    public static ModelFamily? FindArchitecture(string? architecture) => Array.Find(AllArray, f => f.Architecture == architecture);

    /// <summary>Finds a family by <c>model_type</c>.</summary>
    /// <param name="modelType">For instance <c>llama</c>.</param>
    /// <returns>The family, or null.</returns>
    public static ModelFamily? FindModelType(string? modelType) => Array.Find(AllArray, f => f.ModelType == modelType);

    /// <summary>Finds a family by llama.cpp's name of the architecture.</summary>
    /// <param name="architecture">For instance <c>llama</c>.</param>
    /// <returns>The first family of that name, or null.</returns>
    public static ModelFamily? FindGguf(string? architecture) => Array.Find(AllArray, f => f.GgufArchitecture is not null && f.GgufArchitecture == architecture);
}

using System;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <summary>A key of a GGUF file that follows from the model's configuration.</summary>
/// <param name="Name">Its name: whole where it begins with <c>general.</c> or <c>tokenizer.</c>, else without the architecture that stands before it.</param>
/// <param name="ValueOf">Its value, in the type that llama.cpp demands; null = the key is left out.</param>
/// <param name="Apply">Puts the value of a file into a configuration; null where it says nothing that <see cref="GgufModelKeys"/> has not read.</param>
internal sealed record GgufKey(string Name, Func<ModelConfig, object?> ValueOf, Func<ModelConfig, GgufKeyValue, ModelConfig>? Apply = null)
{
    /// <summary>What <c>general.file_type</c> is called; its value is the product's, not the model's.</summary>
    internal const string FileType = "general.file_type";

    /// <summary>The name in files of an architecture.</summary>
    /// <param name="architecture">For instance <c>llama</c>.</param>
    /// <returns>For instance <c>llama.block_count</c>.</returns>
    public string NameIn(string architecture) => Name.StartsWith("general.", StringComparison.Ordinal) || Name.StartsWith("tokenizer.", StringComparison.Ordinal) ? Name : $"{architecture}.{Name}";
}

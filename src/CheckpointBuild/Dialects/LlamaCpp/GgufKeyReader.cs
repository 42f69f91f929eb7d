using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <summary>Reads an architecture's keys of a GGUF file; whatever is missing or out of range is an error that names file, key, found and needed.</summary>
/// <param name="metadata">The file's keys.</param>
/// <param name="arch">What stands before the architecture's keys.</param>
/// <param name="file">The file, for messages.</param>
internal sealed class GgufKeyReader(Metadata metadata, string arch, string file)
{
    /// <summary>A whole number from 1 to 2^31 - 1 that must be there.</summary>
    /// <param name="key">The key without the architecture.</param>
    /// <returns>The number.</returns>
    public int Count(string key) => OptionalCount(key) ?? throw Errors.ConfigFieldMissing(file, $"{arch}.{key}");

    /// <summary>A whole number from 1 to 2^31 - 1, or null where the key is absent.</summary>
    /// <param name="key">The key without the architecture.</param>
    /// <returns>The number, or null.</returns>
    public int? OptionalCount(string key) => Find(key)?.Count;

    /// <summary>A finite number, or null where the key is absent.</summary>
    /// <param name="key">The key without the architecture.</param>
    /// <returns>The number, or null.</returns>
    public double? Number(string key) => Find(key)?.Number;

    /// <summary>A text, or null where the key is absent.</summary>
    /// <param name="key">The key without the architecture.</param>
    /// <returns>The text, or null.</returns>
    public string? Text(string key) => metadata.Get<string>($"{arch}.{key}");

    /// <summary>A token id, or null where the key is absent.</summary>
    /// <param name="key">The whole key.</param>
    /// <returns>The id, or null.</returns>
    public int? Token(string key) => Token(metadata, key, file);

    /// <summary>A token id, or null where the key is absent or says that there is none (2^32 - 1).</summary>
    /// <param name="metadata">The file's keys.</param>
    /// <param name="key">The whole key.</param>
    /// <param name="file">The file, for messages.</param>
    /// <returns>The id, or null.</returns>
    public static int? Token(Metadata metadata, string key, string file) => metadata.TryGet(key, out object? value) && value is not uint.MaxValue ? new GgufKeyValue(file, key, value).Size : null;

    /// <summary>The error for a value that cannot be meant.</summary>
    /// <param name="key">The key without the architecture.</param>
    /// <param name="found">What stands there.</param>
    /// <param name="needed">What would do.</param>
    /// <returns>The error.</returns>
    public CheckpointException Wrong(string key, string found, string needed) => Errors.ConfigFieldWrong(file, $"{arch}.{key}", found, needed);

    private GgufKeyValue? Find(string key) => metadata.TryGet($"{arch}.{key}", out object? value) ? new GgufKeyValue(file, $"{arch}.{key}", value) : null;
}

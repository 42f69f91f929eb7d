using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using CheckpointBuild.Building.Plugins;

namespace CheckpointBuild.Building;

/// <summary>The content key of a product: SHA-256 over everything that its bytes depend on, and nothing else. Equal keys mean equal products, on every machine.</summary>
public static class Fingerprint
{
    /// <summary>The version of what the product's bytes depend on in this library; it rises whenever any output changes for the same input.</summary>
    public const int AlgorithmVersion = 1;

    /// <summary>Computes a content key.</summary>
    /// <param name="checkpointName">What the source is called: names of products and some metadata come from it.</param>
    /// <param name="recipe">What is asked for.</param>
    /// <param name="files">The files that are read, with their hashes.</param>
    /// <returns>64 hex digits in lower case.</returns>
    public static string Of(string checkpointName, Recipe recipe, IEnumerable<SourceFile> files) => Of(checkpointName, recipe, files, null);

    /// <summary>Computes the content key of a product that a tool of somebody else has a part in.</summary>
    /// <param name="checkpointName">What the source is called.</param>
    /// <param name="recipe">What is asked for.</param>
    /// <param name="files">The files that are read, with their hashes.</param>
    /// <param name="tool">The tool's version and device; null = none.</param>
    /// <returns>64 hex digits in lower case.</returns>
    public static string Of(string checkpointName, Recipe recipe, IEnumerable<SourceFile> files, string? tool)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(files);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"checkpointbuild {AlgorithmVersion}\ncheckpoint {checkpointName}\n{RecipeField.Normalize(recipe)}\n");
        foreach (PluginIdentity plugin in recipe.Plugins.OrderBy(p => p.Name, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"plugin {plugin.Sha256} {plugin.Name}\n");
        }

        if (tool is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"tool {tool}\n");
        }

        foreach (SourceFile file in files.OrderBy(f => f.Name, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"file {file.Sha256} {file.Length} {file.Name}\n");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}

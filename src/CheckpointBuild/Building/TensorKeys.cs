using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using CheckpointBuild.Building.Plugins;
using CheckpointBuild.Dialects;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Building;

/// <summary>Keys of the tensors in a product's files: equal keys mean equal bytes from the first slot to the last, whatever stands in the head and beside the file. They are what an edit of a tokenizer, a chat template or a model card leaves as it was.</summary>
/// <param name="recipe">What is asked for.</param>
/// <param name="inputs">Every file that the build reads, hashed.</param>
/// <param name="texts">The open files among them that <see cref="IsText"/> is true of.</param>
internal sealed class TensorKeys(Recipe recipe, IReadOnlyCollection<SourceFile> inputs, IReadOnlySet<ByteSource> texts)
{
    // Beside these the recipe counts whole: what a choice does to a tensor's numbers stands in no derivation.
    private static readonly string[] NotInTensors = [nameof(Recipe.EngineName), nameof(Recipe.MaxEngineSize), nameof(Recipe.MaxPerplexityIncrease), nameof(Recipe.MaxKlDivergence), nameof(Recipe.EvaluationText), nameof(Recipe.PreTokenizer)];
    private static readonly string[] OfAdapters = [nameof(Recipe.Adapter), nameof(Recipe.AdapterMode)];

    private static readonly string[] TextNames =
        ["tokenizer.json", "tokenizer_config.json", "tokenizer.model", "special_tokens_map.json", "added_tokens.json", "vocab.json", "tekken.json", "generation_config.json", "chat_template.json"];

    private static readonly string[] TextEndings = [".md", ".txt", ".jinja", ".tiktoken"];

    /// <summary>Whether a source file is a tokenizer, a template, generation settings or a text for people: whatever it says, no number of a tensor depends on it.</summary>
    /// <param name="name">Its name, with '/'.</param>
    /// <returns>True when it does not count in a key.</returns>
    public static bool IsText(string name) => TextNames.Contains(Path.GetFileName(name), StringComparer.Ordinal) || TextEndings.Any(e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase));

    /// <summary>The key of the tensors in a file.</summary>
    /// <param name="file">The file.</param>
    /// <returns>64 hex digits; null where there are no tensors or something may depend on more than is known here: what is measured depends on the tokenizer, and a plug-in's tensors read what they like.</returns>
    public string? Of(FilePlan file)
    {
        bool apart = recipe.AdapterMode == AdapterMode.Apart;
        if (file.Slots.IsEmpty || recipe.Calibration is not null || recipe.AdapterMode == AdapterMode.Alone || (apart && file.Path.StartsWith(Dialect.AdapterFolder + "/", StringComparison.Ordinal)) || file.Slots.Any(s => DependsOnMore(s.Tensor)))
        {
            return null;
        }

        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"tensors {Fingerprint.AlgorithmVersion}\n{RecipeField.Normalize(recipe, apart ? [.. NotInTensors, .. OfAdapters] : NotInTensors)}\n");
        foreach (PluginIdentity plugin in recipe.Plugins.OrderBy(p => p.Name, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"plugin {plugin.Sha256} {plugin.Name}\n");
        }

        foreach (SourceFile input in inputs.Where(i => !IsText(i.Name) && i.Name != EngineBuild.EvaluationInput && !(apart && i.Name.StartsWith(EngineBuild.AdapterInput, StringComparison.Ordinal))).OrderBy(i => i.Name, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"file {input.Sha256} {input.Name}\n");
        }

        long first = file.Slots[0].Offset;
        foreach (Slot slot in file.Slots)
        {
            text.Append(CultureInfo.InvariantCulture, $"slot {slot.Offset - first} {slot.Length} {slot.Plane} {slot.Tensor.DType.LongName} {slot.Tensor.Shape} {slot.Tensor.Name} = {slot.Tensor.Derivation}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"end {file.Length - first}\n");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private bool DependsOnMore(Tensor tensor) => tensor switch
    {
        Stored stored => texts.Contains(stored.Source),
        _ => tensor.GetType().Assembly != typeof(Tensor).Assembly || tensor.Sources.Any(DependsOnMore),
    };
}

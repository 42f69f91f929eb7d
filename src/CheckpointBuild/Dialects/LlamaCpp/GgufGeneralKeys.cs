using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <summary>The <c>general.*</c> keys that say what a model is called, whose it is, under which licence, from what it was made, and how it is best sampled: from the model card, the configuration's name of the model and the folder's name, in this order, as llama.cpp's converter fills them.</summary>
internal static partial class GgufGeneralKeys
{
    private const string Prefix = "general.";

    // Written for the file at hand, whatever an earlier file of the model says.
    private static readonly string[] OfTheFile = ["architecture", "type", "file_type", "quantization_version", "alignment"];

    // As generation_config.json has them, and as llama.cpp calls them; whole numbers are 32-bit integers there, others 32-bit floats.
    private static readonly (string Field, string Key, bool IsWhole)[] Sampling =
    [
        ("top_k", "top_k", true), ("top_p", "top_p", false), ("min_p", "min_p", false), ("xtc_probability", "xtc_probability", false), ("xtc_threshold", "xtc_threshold", false), ("temperature", "temp", false),
        ("penalty_last_n", "penalty_last_n", true), ("penalty_repeat", "penalty_repeat", false), ("mirostat", "mirostat", true), ("mirostat_tau", "mirostat_tau", false), ("mirostat_eta", "mirostat_eta", false),
    ];

    private static readonly string[] OfOthers = ["name", "author", "version", "organization", "description", "url", "doi", "uuid", "repo_url"];

    /// <summary>Writes the keys of a model.</summary>
    /// <param name="metadata">Receives them.</param>
    /// <param name="checkpoint">The model.</param>
    /// <param name="size">How many numbers its tensors hold.</param>
    /// <param name="warn">Receives what was noticed.</param>
    public static void Write(Metadata metadata, Checkpoint checkpoint, ParameterCount size, Action<Diagnostic> warn)
    {
        if (checkpoint.Container is { } container && container.Metadata.Any(p => p.Key == Prefix + "name"))
        {
            foreach ((string key, object kept) in container.Metadata.Where(p => p.Key.StartsWith(Prefix, StringComparison.Ordinal) && !OfTheFile.Contains(p.Key[Prefix.Length..])))
            {
                metadata.Add(key, kept);
            }

            return;
        }

        WriteSampling(metadata, checkpoint);
        JsonObject card = ModelCard.Read(checkpoint.Sidecars.FirstOrDefault(s => s.Name == ModelCard.FileName), warn);
        string? stated = checkpoint.SourceConfig?["_name_or_path"] is JsonValue value && value.TryGetValue(out string? text) && text.Count(c => c == '/') <= 1 ? text : null;
        Write(metadata, card, [.. stated is null ? [] : new[] { stated }, checkpoint.Name], size);
    }

    /// <summary>Writes what a card and names say.</summary>
    /// <param name="metadata">Receives the keys.</param>
    /// <param name="card">The card's fields.</param>
    /// <param name="names">What the model is called, <c>org/name</c> or <c>name</c>; what one does not say the next does.</param>
    /// <param name="size">How many numbers it holds; null = no label where nothing states one.</param>
    public static void Write(Metadata metadata, JsonObject card, IReadOnlyList<string> names, ParameterCount? size)
    {
        (ModelName Name, string? Organization)[] parts = [.. names.Select(n => Parse(n, size?.Total ?? 0))];
        metadata.Add(Prefix + "name", ModelCard.TextOf(card, "name", "model_name") ?? parts[0].Name.Title);
        AddIfStated("author", ModelCard.TextOf(card, "author", "model_author", "model_creator"));
        AddIfStated("version", ModelCard.TextOf(card, "version", "model_version") ?? First(n => n.Name.Version));
        AddIfStated("organization", ModelCard.TextOf(card, "organization", "model_organization") ?? First(n => n.Organization));
        AddIfStated("finetune", ModelCard.TextOf(card, "finetune", "model_finetune") ?? First(n => n.Name.FineTune));
        AddIfStated("basename", ModelCard.TextOf(card, "basename", "model_basename", "model_type") ?? First(n => n.Name.BaseName));
        AddIfStated("description", ModelCard.TextOf(card, "description", "model_description"));
        AddIfStated("size_label", ModelCard.TextOf(card, "size_label", "model_size_label") ?? First(n => n.Name.SizeLabel) ?? size?.Label);
        AddIfStated("license", ModelCard.TextOf(card, "license"));
        AddIfStated("license.name", ModelCard.TextOf(card, "license_name"));
        AddIfStated("license.link", ModelCard.TextOf(card, "license_link"));
        foreach (string field in new[] { "url", "doi", "uuid", "repo_url" })
        {
            AddIfStated($"source.{field}", ModelCard.TextOf(card, field, "model_" + field));
        }

        WriteOthers(metadata, card, "base_model", ["base_model", "base_models", "base_model_sources"], size);
        WriteOthers(metadata, card, "dataset", ["datasets", "dataset", "dataset_sources"], size);
        AddTexts("tags", "tags", "pipeline_tag");
        AddTexts("languages", "languages", "language");

        string? First(Func<(ModelName Name, string? Organization), string?> part) => parts.Select(part).FirstOrDefault(p => p is not null);

        void AddIfStated(string key, string? value)
        {
            if (value is not null)
            {
                metadata.Add(Prefix + key, value);
            }
        }

        void AddTexts(string key, params string[] fields)
        {
            if (fields.SelectMany(f => ModelCard.Texts(card[f])).ToArray() is { Length: > 0 } texts)
            {
                metadata.Add(Prefix + key, texts);
            }
        }
    }

    // Other models and data that this one was made from: by the Hub's name, by an address, or described.
    private static void WriteOthers(Metadata metadata, JsonObject card, string key, string[] fields, ParameterCount? size)
    {
        if (fields.FirstOrDefault(card.ContainsKey) is not { } field)
        {
            return;
        }

        JsonNode?[] others = card[field] switch { JsonArray list => [.. list], JsonValue one => [one], _ => [] };
        metadata.Add($"{Prefix}{key}.count", (uint)others.Length);
        for (int i = 0; i < others.Length; i++)
        {
            JsonObject other = others[i] switch
            {
                JsonObject described => described,
                JsonValue text => Described(text.GetValue<string>(), size?.Total ?? 0),
                _ => [],
            };
            foreach (string name in OfOthers)
            {
                if (ModelCard.TextOf(other, name) is { } value)
                {
                    metadata.Add($"{Prefix}{key}.{i}.{name}", value);
                }
            }
        }
    }

    private static JsonObject Described(string name, long parameters)
    {
        bool isAddress = Address().IsMatch(name);
        string? onTheHub = !isAddress ? name : OnTheHub().Match(name) is { Success: true } match ? match.Groups[1].Value : null;
        var described = new JsonObject();
        if (onTheHub is not null)
        {
            (ModelName parts, string? organization) = Parse(onTheHub, parameters);
            described["name"] = parts.Title;
            described["version"] = parts.Version;
            described["organization"] = organization;
            described["repo_url"] = organization is null ? null : $"https://huggingface.co/{onTheHub}";
        }

        if (isAddress)
        {
            described["repo_url"] = name;
        }

        return described;
    }

    private static (ModelName Name, string? Organization) Parse(string id, long parameters)
    {
        int slash = id.Contains(' ', StringComparison.Ordinal) ? -1 : id.IndexOf('/', StringComparison.Ordinal);
        return (ModelName.Parse(id[(slash + 1)..], parameters), slash < 0 || id.StartsWith('.') ? null : ModelName.TitleOf(id[..slash]));
    }

    private static void WriteSampling(Metadata metadata, Checkpoint checkpoint)
    {
        if (checkpoint.Sidecars.FirstOrDefault(s => s.Name == "generation_config.json")?.Open() is not { } file)
        {
            return;
        }

        JsonElement settings = JsonFile.Parse(file.Name, file.ReadBytes(0, checked((int)file.Length)));
        if (settings.TryGetProperty("sequence", out JsonElement sequence) && sequence.ValueKind == JsonValueKind.String)
        {
            metadata.Add(Prefix + "sampling.sequence", sequence.GetString()!);
        }

        foreach ((string field, string key, bool isWhole) in Sampling)
        {
            if (settings.TryGetProperty(field, out JsonElement value) && value.ValueKind != JsonValueKind.Null)
            {
                metadata.Add($"{Prefix}sampling.{key}", Number(value, isWhole) ?? throw Errors.ConfigFieldWrong(file.Name, field, value.GetRawText(), isWhole ? "a whole number of 32 bits" : "a number"));
            }
        }
    }

    private static object? Number(JsonElement value, bool isWhole) =>
        value.ValueKind != JsonValueKind.Number ? null
        : isWhole ? value.TryGetInt32(out int whole) ? whole : null
        : value.TryGetDouble(out double number) && float.IsFinite((float)number) ? (float)number : null;

    [GeneratedRegex("^(https?|ssh)://", RegexOptions.CultureInvariant)]
    private static partial Regex Address();

    [GeneratedRegex(@"^https?://huggingface\.co/([^/]+/[^/]+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex OnTheHub();
}

using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects.Mapping;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.HuggingFace;

/// <summary><c>config.json</c>: which family it is for, and its fields.</summary>
/// <param name="Architecture">What the file calls the architecture.</param>
/// <param name="Family">The architecture.</param>
/// <param name="Reader">Reads its fields.</param>
/// <param name="Json">All of it, with the fields that we do not know.</param>
internal sealed record ConfigFile(string Architecture, ModelFamily Family, ConfigReader Reader, JsonObject Json)
{
    /// <summary>What the file is called.</summary>
    internal const string Name = "config.json";

    private const string TextPart = "text_config";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads the file and finds its family. Of a model with several towers the text model's fields count, which lie in an object of their own.</summary>
    /// <param name="directory">Where it lies.</param>
    /// <param name="format">The dialect under whose name mappings of renamed architectures are registered.</param>
    /// <returns>The file.</returns>
    /// <exception cref="CheckpointException">CKPT2003 when it is no JSON object, CKPT2004 when the architecture is not known.</exception>
    public static ConfigFile Read(CheckpointDirectory directory, string format)
    {
        string path = directory.PathOf(Name);
        JsonElement root = JsonFile.Parse(path, directory.ReadAll(Name));
        JsonObject json = JsonObject.Create(root)!;
        (string architecture, ModelFamily family) = FamilyOf(path, root, format, directory.Tolerance);
        if (MappingTable.Find(format, architecture)?.Family is not null)
        {
            // What is written later has the family's tensors, whatever the source called itself.
            json["architectures"] = new JsonArray(family.Architecture);
            json["model_type"] = family.ModelType;
            json.Remove("auto_map");
        }

        return new ConfigFile(architecture, family, new ConfigReader(path, Flat(json, root)), json);
    }

    /// <summary>The configuration to write beside weights: the source's own fields where it had some, else today's style; corrected where the weights say otherwise.</summary>
    /// <param name="checkpoint">What is written.</param>
    /// <param name="tensors">Its tensors with the dtypes that are written.</param>
    /// <returns>The root object, and what was corrected.</returns>
    public static (JsonObject Config, ImmutableArray<Diagnostic> Warnings) ToWrite(Checkpoint checkpoint, IReadOnlyList<Tensor> tensors)
    {
        JsonObject json = checkpoint.SourceConfig?.DeepClone().AsObject() ?? checkpoint.Family.WriteConfig(checkpoint.Config);
        JsonObject fields = json[TextPart] as JsonObject ?? json;
        Correct(fields, "tie_word_embeddings", checkpoint.Config.TiedEmbeddings, checkpoint.Family.Fields.TiedByDefault);
        foreach (BiasField flag in checkpoint.Family.Fields.BiasFields)
        {
            Correct(fields, flag.Name, flag.HoldsIn(checkpoint.Config), flag.Default);
        }

        string written = MainDType(tensors).LongName;
        string field = fields.ContainsKey("torch_dtype") ? "torch_dtype" : "dtype";
        string? stated = checkpoint.SourceConfig is null ? null : fields[field] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
        fields[field] = written;
        string source = MainDType([.. checkpoint.Tensors.Select(t => Origin(t.Value))]).LongName;
        return (json, stated is not null && stated != source && written == source ? [Errors.StatedDTypeDiffers(Name, stated, source)] : []);
    }

    /// <summary>The file's text, indented by two spaces and ended by a line feed, as transformers writes it.</summary>
    /// <param name="config">The root object.</param>
    /// <returns>JSON.</returns>
    public static string Text(JsonObject config) => config.ToJsonString(Indented) + "\n";

    private static (string Architecture, ModelFamily Family) FamilyOf(string path, JsonElement root, string format, SourceTolerance tolerance)
    {
        string? architecture = root.TryGetProperty("architectures", out JsonElement list) && list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0 ? TextOf(list[0]) : null;
        string? modelType = root.TryGetProperty("model_type", out JsonElement type) ? TextOf(type) : null;
        string named = architecture ?? modelType ?? "(neither 'architectures' nor 'model_type')";
        ModelFamily? family = MappingTable.Find(format, named)?.Family ?? (architecture is not null ? ModelFamily.FindArchitecture(architecture) : ModelFamily.FindModelType(modelType));
        if (family is null && root.TryGetProperty(TextPart, out JsonElement text) && text.ValueKind == JsonValueKind.Object)
        {
            return FamilyOf(path, text, format, tolerance);
        }

        family ??= tolerance == SourceTolerance.Reference ? ModelFamily.FindModelType(modelType) : null;
        return family is not null ? (named, family) : throw Errors.UnknownArchitecture(path, named, ModelFamily.Known.Select(f => f.Architecture));
    }

    private static JsonElement Flat(JsonObject json, JsonElement root)
    {
        if (json[TextPart] is not JsonObject text)
        {
            return root;
        }

        JsonObject flat = json.DeepClone().AsObject();
        foreach ((string name, JsonNode? value) in text)
        {
            flat[name] = value?.DeepClone();
        }

        return JsonElement.Parse(flat.ToJsonString());
    }

    private static string? TextOf(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // A flag that the source leaves out stays out where its default says the same.
    private static void Correct(JsonObject json, string field, bool value, bool absent)
    {
        if (json.ContainsKey(field) || value != absent)
        {
            json[field] = value;
        }
    }

    // The dtype of most bytes: norms are often kept wider than matrices.
    private static DType MainDType(IEnumerable<Tensor> tensors) =>
        tensors.GroupBy(t => t.DType).OrderByDescending(g => g.Sum(t => t.ByteCount)).Select(g => g.Key).FirstOrDefault() ?? DType.F32;

    private static Tensor Origin(Tensor tensor) => tensor.Sources is [var source] ? Origin(source) : tensor;
}

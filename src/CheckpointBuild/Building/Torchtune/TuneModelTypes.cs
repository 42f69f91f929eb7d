using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Dialects.HuggingFace;
using CheckpointBuild.Models;

namespace CheckpointBuild.Building.Torchtune;

/// <summary>torchtune's types of models, which say how its HF checkpointer turns names and arrangement: <c>LLAMA3_2</c>, <c>REWARD</c>, …</summary>
internal static class TuneModelTypes
{
    /// <summary>Llama 3.2 Vision's.</summary>
    internal const string Vision = "LLAMA3_VISION";

    private const string Reward = "REWARD";
    private const string ClipText = "CLIP_TEXT";
    private const string T5Encoder = "T5_ENCODER";
    private const string TextPart = "text_config";
    private const string VisionPart = "vision_config";
    private const string SharedEmbedding = "shared.weight";
    private const string EncoderEmbedding = "encoder.embed_tokens.weight";

    // Models of one form, whose types differ in nothing that a checkpointer does.
    private static readonly string[] LlamaForm = ["LlamaForCausalLM", "MistralForCausalLM", "GemmaForCausalLM"];

    private static readonly (string Type, string[] Architectures)[] Known =
    [
        ("LLAMA2", LlamaForm), ("LLAMA3", LlamaForm), ("LLAMA3_2", LlamaForm), ("MISTRAL", LlamaForm), ("GEMMA", LlamaForm),
        ("GEMMA2", ["Gemma2ForCausalLM"]), ("PHI3_MINI", ["Phi3ForCausalLM"]), ("PHI4", ["Phi3ForCausalLM"]), ("QWEN2", ["Qwen2ForCausalLM"]), ("QWEN3", ["Qwen3ForCausalLM"]),
        (Reward, ["LlamaForSequenceClassification", "MistralForSequenceClassification"]),
        (ClipText, ["CLIPModel", "CLIPTextModel", "CLIPTextModelWithProjection"]),
        (T5Encoder, ["T5EncoderModel", "T5ForConditionalGeneration"]),
        (Vision, ["MllamaForConditionalGeneration"]),
    ];

    /// <summary>Whether torchtune's checkpointer exports no adapter of a type to PEFT's form.</summary>
    /// <param name="architecture">The architecture.</param>
    /// <returns>True when there is none.</returns>
    public static bool HasNoPeftForm(string architecture) => Known.First(k => k.Architectures.Contains(architecture)).Type is Vision or ClipText or T5Encoder or "PHI3_MINI";

    /// <summary>Refuses a type that is none.</summary>
    /// <param name="type">What was named; null = the configuration says it.</param>
    /// <exception cref="CheckpointException">CKPT9151 for a name that is none of torchtune's.</exception>
    public static void Check(string? type)
    {
        if (type is not null && !Known.Any(k => k.Type == type))
        {
            throw Errors.TuneModelType(type, Known.Select(k => k.Type));
        }
    }

    /// <summary>How a folder of Hugging Face's is turned.</summary>
    /// <param name="directory">The folder of <c>config.json</c>.</param>
    /// <param name="options">The checkpointer's choices.</param>
    /// <param name="names">The tensors of the files.</param>
    /// <returns>The conversion, and the architecture that it is for.</returns>
    /// <exception cref="CheckpointException">CKPT2160 when the type is of another architecture; CKPT2012 when torchtune does not train the architecture; what is wrong with the configuration.</exception>
    public static (TuneConversion Conversion, string Architecture) ConversionOf(CheckpointDirectory directory, CheckpointerOptions options, IReadOnlySet<string> names)
    {
        string file = directory.PathOf(ConfigFile.Name);
        JsonElement root = JsonFile.Parse(file, directory.ReadAll(ConfigFile.Name));
        string? architecture = root.TryGetProperty("architectures", out JsonElement list) && list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0 && list[0].ValueKind == JsonValueKind.String ? list[0].GetString() : null;
        string? type = Known.FirstOrDefault(k => k.Architectures.Contains(architecture)).Type;
        var config = new ConfigReader(file, root);
        switch (type)
        {
            case Reward:
                return (new TableConversion(TuneTables.Reward(config), name => name == "score.bias" || name.EndsWith("inv_freq", StringComparison.Ordinal), file, type), Checked(architecture!));
            case ClipText:
                return (new TableConversion(TuneTables.ClipText(TextOf(root) is { } text ? new ConfigReader(file, text) : config), IsBesideClipText, file, type) { IsLoadedOnly = options.Compatibility == Compatibility.Reference }, Checked(architecture!));
            case T5Encoder:
                // What other files call shared is the encoder's embedding where it has none of its own.
                string embedding = names.Contains(EncoderEmbedding) || options.Compatibility == Compatibility.Reference ? EncoderEmbedding : SharedEmbedding;
                return (new TableConversion(TuneTables.T5Encoder(config, embedding), name => IsBesideT5Encoder(name) && name != embedding, file, type) { IsLoadedOnly = options.Compatibility == Compatibility.Reference }, Checked(architecture!));
            case Vision:
                JsonElement vision = root.TryGetProperty(VisionPart, out JsonElement part) && part.ValueKind == JsonValueKind.Object ? part : throw Errors.ConfigFieldMissing(file, VisionPart);
                return (new VisionConversion(config.Inner(TextPart), config.Inner(VisionPart), VisionConversion.RatiosOf(file, vision), file, options.Compatibility), Checked(architecture!));
            default:
                ModelDescription model = ConfigSource.HuggingFace.Read(directory, "huggingface");
                return (new FamilyConversion(model, directory.Path, options.Compatibility), Checked(model.Family.Architecture));
        }

        string Checked(string found) => options.ModelType is null || Known.First(k => k.Type == options.ModelType).Architectures.Contains(found)
            ? found
            : throw Errors.TuneModelTypeDiffers(file, options.ModelType, Known.First(k => k.Type == options.ModelType).Architectures, found);
    }

    private static JsonElement? TextOf(JsonElement root) => root.TryGetProperty(TextPart, out JsonElement text) && text.ValueKind == JsonValueKind.Object ? text : null;

    private static bool IsBesideClipText(string name) =>
        name.StartsWith("vision_model.", StringComparison.Ordinal) || name is "logit_scale" or "text_projection.weight" or "visual_projection.weight" || name.EndsWith("position_ids", StringComparison.Ordinal);

    private static bool IsBesideT5Encoder(string name) => name.StartsWith("decoder.", StringComparison.Ordinal) || name is SharedEmbedding or "lm_head.weight";
}

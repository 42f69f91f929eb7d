using System;
using System.Globalization;
using System.Text;
using System.Text.Json;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.Meta;

/// <summary><c>params.json</c>: the sizes of a model in Meta's words, which may lie in an object called <c>model</c>.</summary>
internal sealed class ParamsFile
{
    /// <summary>What the file is called.</summary>
    internal const string Name = "params.json";

    /// <summary>The field of key and value heads.</summary>
    internal const string KeyValueField = "n_kv_heads";

    private readonly string _path;
    private readonly JsonElement _root;

    private ParamsFile(string path, JsonElement root)
    {
        _path = path;
        _root = root;
    }

    /// <summary>Width of the residual stream.</summary>
    public int Dimension => Needed("dim");

    /// <summary>Layers.</summary>
    public int Layers => Needed("n_layers");

    /// <summary>Query heads.</summary>
    public int Heads => Needed("n_heads");

    /// <summary>Key and value heads; as many as query heads where nothing is said.</summary>
    public int KeyValueHeads => OptionalCount(KeyValueField) is not { } number ? Heads
        : Heads % number == 0 ? number
        : throw Wrong(KeyValueField, $"{number}", $"a divisor of n_heads ({Heads})");

    /// <summary>The norms' epsilon.</summary>
    public double NormEpsilon => Optional("norm_eps") is not { } number ? 1e-5
        : number >= 0 ? number
        : throw Wrong("norm_eps", $"{number}", "a number from 0 on");

    /// <summary>The base of rotary frequencies, or null where nothing is said.</summary>
    public double? Theta => Optional("rope_theta");

    /// <summary>Rows of the embedding, or null where nothing is said: -1 means as many as the tokenizer has.</summary>
    public int? Vocabulary => Optional("vocab_size") is > 0 ? OptionalCount("vocab_size") : null;

    /// <summary>The longest sequence, or null where nothing is said.</summary>
    public int? Context => OptionalCount("max_seq_len");

    /// <summary>Whether low frequencies are divided, as since Llama 3.1.</summary>
    public bool IsScaled => _root.TryGetProperty("use_scaled_rope", out JsonElement flag) && flag.ValueKind == JsonValueKind.True;

    /// <summary>By how much, or null where nothing is said.</summary>
    public double? ScalingFactor => Optional("rope_scaling_factor");

    /// <summary>Width of the feed-forward block: two thirds of four times the width, times the multiplier, rounded up to a multiple (llama's <c>FeedForward</c>).</summary>
    public int FeedForward
    {
        get
        {
            double multiplier = Optional("ffn_dim_multiplier") ?? 1;
            int multiple = _root.TryGetProperty("multiple_of", out _) ? Needed("multiple_of") : 256;
            double width = (multiplier * (8.0 * Dimension / 3)) + multiple;
            return width is > 0 and < int.MaxValue ? FeedForwardOf(Dimension, multiplier, multiple) : throw Errors.ConfigFieldWrong(_path, "ffn_dim_multiplier", $"{multiplier.ToString(CultureInfo.InvariantCulture)} with multiple_of {multiple}", "what gives a width that a model can have");
        }
    }

    /// <summary>Reads the file of a folder.</summary>
    /// <param name="directory">The folder.</param>
    /// <returns>The file.</returns>
    /// <exception cref="CheckpointException">2xxx when it is no JSON object.</exception>
    public static ParamsFile Read(CheckpointDirectory directory) => Read(directory.PathOf(Name), directory.ReadAll(Name));

    /// <summary>Reads the file.</summary>
    /// <param name="path">Where it lies, for messages.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <returns>The file.</returns>
    public static ParamsFile Read(string path, ReadOnlyMemory<byte> bytes)
    {
        JsonElement root = JsonFile.Parse(path, bytes);
        return new ParamsFile(path, root.TryGetProperty("model", out JsonElement model) && model.ValueKind == JsonValueKind.Object ? model : root);
    }

    /// <summary>The width of the feed-forward block.</summary>
    /// <param name="dimension">Width of the residual stream.</param>
    /// <param name="multiplier">What two thirds of four times that are multiplied by.</param>
    /// <param name="multiple">What the result is rounded up to a multiple of.</param>
    /// <returns>Columns.</returns>
    public static int FeedForwardOf(int dimension, double multiplier, int multiple)
    {
        int hidden = (int)(multiplier * (int)(8L * dimension / 3));
        return checked(multiple * ((hidden + multiple - 1) / multiple));
    }

    /// <summary>Whether the file describes a model.</summary>
    /// <param name="config">The model.</param>
    /// <returns>True when every number agrees, so that the file may be given back as it was.</returns>
    public bool Describes(ModelConfig config) =>
        Dimension == config.HiddenSize && Layers == config.LayerCount && Heads == config.HeadCount && KeyValueHeads == config.KeyValueHeadCount && FeedForward == config.FeedForwardSize
        && NormEpsilon == config.NormEpsilon && (Vocabulary is not { } rows || rows == config.VocabularySize)
        && (Theta is null || Theta == config.Rope?.Theta) && IsScaled == (config.Rope?.Scaling == RopeScalingKind.Llama3)
        && (!IsScaled || (ScalingFactor ?? MetaConfig.FactorOf(config.TiedEmbeddings)) == config.Rope?.Factor);

    /// <summary>Writes the file of a model.</summary>
    /// <param name="config">The model.</param>
    /// <returns>JSON.</returns>
    public static string Write(ModelConfig config)
    {
        (int multiple, string? multiplier) = FeedForwardWords(config.HiddenSize, config.FeedForwardSize);
        var text = new StringBuilder("{\n");
        void Add(string name, string value) => text.Append(CultureInfo.InvariantCulture, $"  \"{name}\": {value},\n");

        Add("dim", Number(config.HiddenSize));
        Add("n_layers", Number(config.LayerCount));
        Add("n_heads", Number(config.HeadCount));
        Add("n_kv_heads", Number(config.KeyValueHeadCount));
        Add("vocab_size", Number(config.VocabularySize));
        Add("multiple_of", Number(multiple));
        if (multiplier is not null)
        {
            Add("ffn_dim_multiplier", multiplier);
        }

        Add("norm_eps", config.NormEpsilon.ToString("R", CultureInfo.InvariantCulture).Replace("E", "e", StringComparison.Ordinal));
        Add("rope_theta", (config.Rope?.Theta ?? 10000).ToString("0.0###", CultureInfo.InvariantCulture));
        if (config.Rope is { Scaling: RopeScalingKind.Llama3 } rope)
        {
            Add("use_scaled_rope", "true");
            if (rope.Factor != MetaConfig.FactorOf(config.TiedEmbeddings))
            {
                Add("rope_scaling_factor", rope.Factor.ToString("R", CultureInfo.InvariantCulture));
            }
        }

        return text.Remove(text.Length - 2, 1).Append("}\n").ToString();
    }

    // The largest power of two up to 256 that divides the width, and the multiplier with the fewest decimals that gives it.
    private static (int Multiple, string? Multiplier) FeedForwardWords(int dimension, int width)
    {
        int multiple = 1;
        while (multiple < 256 && width % (multiple * 2) == 0)
        {
            multiple *= 2;
        }

        if (FeedForwardOf(dimension, 1, multiple) == width)
        {
            return (multiple, null);
        }

        double exact = width / (double)(8L * dimension / 3);
        for (int decimals = 1; decimals <= 15; decimals++)
        {
            double rounded = Math.Round(exact, decimals);
            if (FeedForwardOf(dimension, rounded, multiple) == width)
            {
                return (multiple, rounded.ToString("0.0##############", CultureInfo.InvariantCulture));
            }
        }

        return (multiple, exact.ToString("R", CultureInfo.InvariantCulture));
    }

    /// <summary>The refusal of a field that does not go with the rest.</summary>
    /// <param name="field">The field.</param>
    /// <param name="found">What it is.</param>
    /// <param name="needed">What it should be.</param>
    /// <returns>CKPT2002.</returns>
    public CheckpointException Wrong(string field, string found, string needed) => Errors.ConfigFieldWrong(_path, field, found, needed);

    private int? OptionalCount(string field) => Optional(field) is null ? null : Needed(field);

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private int Needed(string field) => Optional(field) is { } number && number is >= 1 and <= int.MaxValue && number == Math.Floor(number)
        ? (int)number
        : throw (_root.TryGetProperty(field, out JsonElement found) ? Errors.ConfigFieldWrong(_path, field, found.GetRawText(), "a whole number from 1 on") : Errors.ConfigFieldMissing(_path, field));

    private double? Optional(string field) => _root.TryGetProperty(field, out JsonElement value) && value.ValueKind != JsonValueKind.Null
        ? value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && number is > -2 and < 1e12
            ? number
            : throw Errors.ConfigFieldWrong(_path, field, value.GetRawText(), "a number")
        : null;
}

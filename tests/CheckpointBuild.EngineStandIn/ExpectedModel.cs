using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;

namespace CheckpointBuild.EngineStandIn;

/// <summary>The tensors that the runtime's Llama asks for, by its configuration alone; other models are held against nothing but their files' form.</summary>
/// <param name="config">The checkpoint's configuration.</param>
internal sealed class ExpectedModel(JsonObject config)
{
    private static readonly string[] Tables = ["embed_positions", "embed_positions_for_gpt_attention", "rotary_inv_freq"];
    private static readonly string[] Packable = ["qkv.weight", "dense.weight", "fc.weight", "gate.weight", "proj.weight"];

    private int Tp => Number("mapping", "tp_size");

    private int Pp => Number("mapping", "pp_size");

    private int Cp => Number("mapping", "cp_size");

    /// <summary>Which file a rank reads: contexts share one.</summary>
    /// <param name="rank">The rank.</param>
    /// <returns>The file's number.</returns>
    public int FileOf(int rank) => (rank % Tp) + (rank / (Tp * Cp) * Tp);

    /// <summary>Holds a rank's tensors against the model.</summary>
    /// <param name="rank">The rank.</param>
    /// <param name="tensors">What its file holds.</param>
    public void Check(int rank, IReadOnlyList<RankTensor> tensors)
    {
        if (config["architecture"]!.GetValue<string>() != "LlamaForCausalLM" || Text("quantization", "quant_algo") is not (null or "W8A16" or "W4A16"))
        {
            return;
        }

        Dictionary<string, RankTensor> found = tensors.ToDictionary(t => t.Name, StringComparer.Ordinal);
        Dictionary<string, string> expected = Expected(rank / (Tp * Cp));
        string[] missing = [.. expected.Keys.Where(k => !found.ContainsKey(k))];
        if (missing.Length > 0)
        {
            throw new InvalidDataException($"Required but not provided tensors:{{{string.Join(", ", missing)}}}");
        }

        string dtype = config["dtype"]!.GetValue<string>() switch { "float16" => "F16", "bfloat16" => "BF16", _ => "F32" };
        foreach ((string name, string shape) in expected)
        {
            RankTensor own = found[name];
            bool isPacked = own.DType == "I8" && Packable.Any(p => name.EndsWith(p, StringComparison.Ordinal));
            if (!isPacked && (own.Shape != shape || own.DType != dtype))
            {
                throw new InvalidDataException($"{name}: expected shape ({shape}) of {dtype}, got ({own.Shape}) of {own.DType}");
            }
        }

        if (found.Keys.Except(expected.Keys).Except(Tables).FirstOrDefault(k => !k.EndsWith(".per_channel_scale", StringComparison.Ordinal)) is { } further)
        {
            throw new InvalidDataException($"{further}: provided but not asked for");
        }
    }

    private Dictionary<string, string> Expected(int stage)
    {
        int hidden = Number("hidden_size"), heads = Number("num_attention_heads"), keys = Number("num_key_value_heads"), head = Number("head_size"), inner = Number("intermediate_size"), words = Number("vocab_size");
        int rows = ((heads / Tp) + (2 * Math.Max(1, keys / Tp))) * head, layers = Number("num_hidden_layers") / Pp;
        var shapes = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < layers; i++)
        {
            string layer = string.Create(CultureInfo.InvariantCulture, $"transformer.layers.{i}.");
            Add(layer + "input_layernorm.weight", hidden);
            Add(layer + "post_layernorm.weight", hidden);
            Add(layer + "attention.qkv.weight", rows, hidden);
            Add(layer + "attention.dense.weight", hidden, heads / Tp * head);
            Add(layer + "mlp.fc.weight", inner / Tp, hidden);
            Add(layer + "mlp.gate.weight", inner / Tp, hidden);
            Add(layer + "mlp.proj.weight", hidden, inner / Tp);
        }

        if (stage == 0)
        {
            Add("transformer.vocab_embedding.weight", words, hidden);
        }

        if (stage == Pp - 1)
        {
            Add("transformer.ln_f.weight", hidden);
            Add("lm_head.weight", (words + Tp - 1) / Tp, hidden);
        }

        return shapes;

        void Add(string name, params int[] shape) => shapes.Add(name, string.Join(',', shape));
    }

    private int Number(params string[] path) => path.Aggregate((JsonNode)config, (node, name) => node[name] ?? throw new InvalidDataException($"config.json: no {name}")).GetValue<int>();

    private string? Text(string parent, string name) => config[parent]?[name]?.GetValue<string>();
}

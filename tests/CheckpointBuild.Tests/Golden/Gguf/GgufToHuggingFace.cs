using System;
using System.Collections.Generic;
using System.Linq;

namespace CheckpointBuild.Tests.Golden.Gguf;

/// <summary>How llama.cpp names and arranges a Llama's tensors, written down once more for the tests: names, and the rows of query and key.</summary>
internal static class GgufToHuggingFace
{
    private static readonly Dictionary<string, string> Outside = new(StringComparer.Ordinal)
    {
        ["token_embd.weight"] = "model.embed_tokens.weight",
        ["output_norm.weight"] = "model.norm.weight",
        ["output.weight"] = "lm_head.weight",
    };

    private static readonly Dictionary<string, string> InLayer = new(StringComparer.Ordinal)
    {
        ["attn_norm"] = "input_layernorm",
        ["attn_q"] = "self_attn.q_proj",
        ["attn_k"] = "self_attn.k_proj",
        ["attn_v"] = "self_attn.v_proj",
        ["attn_output"] = "self_attn.o_proj",
        ["ffn_norm"] = "post_attention_layernorm",
        ["ffn_gate"] = "mlp.gate_proj",
        ["ffn_up"] = "mlp.up_proj",
        ["ffn_down"] = "mlp.down_proj",
    };

    /// <summary>The Hugging Face name of a tensor.</summary>
    /// <param name="name">For instance <c>blk.3.attn_q.weight</c>.</param>
    /// <returns>For instance <c>model.layers.3.self_attn.q_proj.weight</c>.</returns>
    public static string NameOf(string name)
    {
        string[] parts = name.Split('.');
        return Outside.TryGetValue(name, out string? outside) ? outside : $"model.layers.{parts[1]}.{InLayer[parts[2]]}.{parts[3]}";
    }

    /// <summary>Puts the rows of a query or key matrix, whose rotary pairs lie side by side, back in Hugging Face's order: all first halves of a head, then all second halves.</summary>
    /// <param name="name">llama.cpp's name; other tensors stay as they are.</param>
    /// <param name="values">The numbers, row by row.</param>
    /// <param name="columns">Numbers in a row.</param>
    /// <param name="headRows">Rows of one head.</param>
    /// <returns>The numbers in the other order.</returns>
    public static float[] Arrange(string name, float[] values, int columns, int headRows)
    {
        if (!name.Contains(".attn_q.", StringComparison.Ordinal) && !name.Contains(".attn_k.", StringComparison.Ordinal))
        {
            return values;
        }

        return [.. Enumerable.Range(0, values.Length / columns).SelectMany(row =>
        {
            int inHead = row % headRows;
            int source = row - inHead + (inHead % (headRows / 2) * 2) + (inHead / (headRows / 2));
            return values[(source * columns)..((source + 1) * columns)];
        })];
    }
}

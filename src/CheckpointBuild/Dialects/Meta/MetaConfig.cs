using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tokenizers;

namespace CheckpointBuild.Dialects.Meta;

/// <summary>The Hugging Face configuration that Meta's sizes amount to, in the words and with the choices of transformers' own converter (<c>convert_llama_weights_to_hf.py</c>, 4.46.3).</summary>
internal static class MetaConfig
{
    private const double ScaledFactor = 8;

    // The small models of Llama 3.2, which alone are tied, were trained with another factor than Meta's code states.
    private const double TiedFactor = 32;

    /// <summary>The factor of scaled frequencies that nothing states.</summary>
    /// <param name="isTied">Whether the head is the embedding.</param>
    /// <returns>The factor.</returns>
    public static double FactorOf(bool isTied) => isTied ? TiedFactor : ScaledFactor;

    /// <summary>Writes <c>config.json</c>.</summary>
    /// <param name="parameters">Meta's sizes.</param>
    /// <param name="weights">What the weights tell: rows of the embedding, whether the head is tied, the dtype.</param>
    /// <param name="tokenizer">The tokenizer, or null.</param>
    /// <returns>The root object.</returns>
    public static JsonObject Write(ParamsFile parameters, (long Rows, bool IsTied, DType DType) weights, TokenizerModel? tokenizer)
    {
        bool isThree = IsLlama3(parameters, tokenizer);
        double theta = parameters.Theta ?? (isThree ? 500000 : 10000);
        (int begin, int end) = EndsOf(isThree);
        string text = $$"""
            {
              "architectures": ["LlamaForCausalLM"],
              "attention_bias": false,
              "attention_dropout": 0.0,
              "bos_token_id": {{begin}},
              "eos_token_id": {{end}},
              "head_dim": {{parameters.Dimension / parameters.Heads}},
              "hidden_act": "silu",
              "hidden_size": {{parameters.Dimension}},
              "initializer_range": 0.02,
              "intermediate_size": {{parameters.FeedForward}},
              "max_position_embeddings": {{ContextOf(parameters, isThree, theta)}},
              "mlp_bias": false,
              "model_type": "llama",
              "num_attention_heads": {{parameters.Heads}},
              "num_hidden_layers": {{parameters.Layers}},
              "num_key_value_heads": {{parameters.KeyValueHeads}},
              "pretraining_tp": 1,
              "rms_norm_eps": {{Float(parameters.NormEpsilon)}},
              "rope_scaling": {{ScalingOf(parameters, weights.IsTied)}},
              "rope_theta": {{Float(theta)}},
              "tie_word_embeddings": {{(weights.IsTied ? "true" : "false")}},
              "torch_dtype": "{{weights.DType.LongName}}",
              "transformers_version": "4.46.3",
              "use_cache": true,
              "vocab_size": {{weights.Rows.ToString(CultureInfo.InvariantCulture)}}
            }
            """;
        return JsonObject.Create(JsonElement.Parse(text))!;
    }

    /// <summary>Writes <c>generation_config.json</c>.</summary>
    /// <param name="parameters">Meta's sizes.</param>
    /// <param name="tokenizer">The tokenizer, or null.</param>
    /// <returns>JSON.</returns>
    public static string Generation(ParamsFile parameters, TokenizerModel? tokenizer)
    {
        (int begin, int end) = EndsOf(IsLlama3(parameters, tokenizer));
        return $$"""
            {
              "bos_token_id": {{begin}},
              "do_sample": true,
              "eos_token_id": {{end}},
              "temperature": 0.6,
              "top_p": 0.9,
              "transformers_version": "4.46.3"
            }

            """;
    }

    // Llama 3 brought tiktoken's tokenizer; without one its base of frequencies tells.
    private static bool IsLlama3(ParamsFile parameters, TokenizerModel? tokenizer) => tokenizer is not null ? tokenizer.SentencePiece is null : parameters.Theta >= 500000;

    private static (int Begin, int End) EndsOf(bool isThree) => isThree ? (128000, 128001) : (1, 2);

    private static int ContextOf(ParamsFile parameters, bool isThree, double theta) => parameters.Context
        ?? (isThree ? parameters.IsScaled ? 131072 : 8192 : theta > 10000 ? 16384 : 4096);

    private static string ScalingOf(ParamsFile parameters, bool isTied) => !parameters.IsScaled ? "null" : $$"""
        {
              "factor": {{Float(parameters.ScalingFactor ?? FactorOf(isTied))}},
              "high_freq_factor": 4.0,
              "low_freq_factor": 1.0,
              "original_max_position_embeddings": 8192,
              "rope_type": "llama3"
            }
        """.Trim();

    // As Python spells floats: always with a point or an exponent of two digits.
    private static string Float(double value)
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        int exponent = text.IndexOf('E', System.StringComparison.Ordinal);
        return exponent < 0
            ? text.Contains('.', System.StringComparison.Ordinal) ? text : text + ".0"
            : $"{text[..exponent]}e{text[exponent + 1]}{text[(exponent + 2)..].PadLeft(2, '0')}";
    }
}

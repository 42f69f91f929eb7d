using System.Text.Json.Nodes;
using CheckpointBuild.Quantization;

namespace CheckpointBuild.Dialects.TensorRtLlm;

/// <summary>The <c>quantization</c> object of a configuration.</summary>
internal static class QuantizationText
{
    /// <summary>Whether a checkpoint has the form of ModelOpt's export, which all classes share.</summary>
    /// <param name="options">What is asked for.</param>
    /// <returns>False for the forms of the converters themselves.</returns>
    public static bool IsModelOpt(TensorRtLlmOptions options) => options.Quantization.Algorithm is { IsExported: true } || (options.Quantization.Algorithm == QuantAlgo.Fp8 && options.Statistics is not null);

    /// <summary>Describes a quantization.</summary>
    /// <param name="options">What is asked for.</param>
    /// <returns>The object, in the reference's order.</returns>
    public static JsonObject Of(TensorRtLlmOptions options)
    {
        QuantizationRequest request = options.Quantization;
        return new JsonObject
        {
            ["quant_algo"] = request.Algorithm?.Name,
            ["kv_cache_quant_algo"] = request.KvCache switch { KvCacheAlgo.Int8 => "INT8", KvCacheAlgo.Fp8 => "FP8", _ => null },
            ["group_size"] = request.GroupSize,
            ["smoothquant_val"] = request.SmoothQuant ?? 0.5,
            ["clamp_val"] = request.Algorithm == QuantAlgo.Fp8Rowwise ? new JsonArray(-options.ActivationBound, options.ActivationBound) : null,
            ["use_meta_recipe"] = request.UsesMetaRecipe,
            ["has_zero_point"] = request.HasZeroPoints,
            ["pre_quant_scale"] = request.Algorithm == QuantAlgo.W4A16Awq || request.Algorithm == QuantAlgo.W4A8Awq,
            ["exclude_modules"] = IsModelOpt(options) ? new JsonArray("lm_head") : null,
        };
    }
}

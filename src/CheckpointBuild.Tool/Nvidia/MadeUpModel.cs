using System.Collections.Generic;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Threading;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Dialects.TensorRtLlm;
using CheckpointBuild.Formats;

namespace CheckpointBuild.Tool.Nvidia;

/// <summary>A configuration without weights, made up from numbers on the command line: what the reference's script writes where no source is named.</summary>
internal static class MadeUpModel
{
    /// <summary>Writes <c>config.json</c>.</summary>
    /// <param name="values">The flags' values.</param>
    /// <param name="recipe">What they ask for.</param>
    /// <param name="output">The directory.</param>
    /// <param name="log">Where to say what was written.</param>
    /// <param name="cancellation">Ends the work early.</param>
    public static void Write(IReadOnlyDictionary<string, string> values, Recipe recipe, string output, ConsoleLog log, CancellationToken cancellation)
    {
        var model = new MadeUpConfig
        {
            Layers = Count("--n_layer", 32),
            Heads = Count("--n_head", 32),
            KeyValueHeads = Optional("--n_kv_head"),
            Hidden = Count("--n_embd", 4096),
            FeedForward = Count("--inter_size", 11008),
            MultipleOf = Optional("--multiple_of"),
            Vocabulary = Count("--vocab_size", 32000),
            Positions = Count("--n_positions", 2048),
            Experts = Count("--moe_num_experts", 0),
            ExpertsUsed = Used(),
            Normalization = Count("--moe_renorm_mode", 1),
            Activation = values.GetValueOrDefault("--hidden_act", "silu"),
            RotaryBase = Number("--rotary_base", 10000)!.Value,
            NormEpsilon = Number("--rms_norm_eps", 1e-6)!.Value,
            FeedForwardMultiplier = Number("--ffn_dim_multiplier", null),
        };
        JsonObject json = model.ToJson(recipe.DType, recipe.ToTensorRtLlm());
        new Builder(new BuilderOptions()).Build(new DirectoryPlan([FilePlan.Of("config.json", MadeUpConfig.Text(json))], []), output, cancellation);
        log.Say($"{System.IO.Path.Combine(output, "config.json")}  a configuration alone: no source was named");

        // Of experts a token sees one where nothing is said.
        int Used() => Count("--moe_top_k", 0) is > 0 and var used ? used : Count("--moe_num_experts", 0) > 0 ? 1 : 0;

        int Count(string name, int otherwise) => Optional(name) ?? otherwise;

        int? Optional(string name) => !values.TryGetValue(name, out string? text) ? null
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number
            : throw Errors.UnknownOptionValue(name.TrimStart('-'), text, "a model", ["a number from 0"]);

        double? Number(string name, double? otherwise) => !values.TryGetValue(name, out string? text) ? otherwise
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number
            : throw Errors.UnknownOptionValue(name.TrimStart('-'), text, "a model", ["a number"]);
    }
}

using System.Collections.Immutable;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.TensorRtLlm;

/// <summary>What a source that other tools quantized asks for by itself.</summary>
internal static class SourceQuantization
{
    /// <summary>Adds the source's own quantization to what was asked.</summary>
    /// <param name="checkpoint">The source.</param>
    /// <param name="options">What was asked.</param>
    /// <param name="converter">The class of models.</param>
    /// <param name="warnings">Receives what the user should know.</param>
    /// <returns>The options that hold.</returns>
    /// <exception cref="CheckpointException">CKPT3217 when another algorithm is asked for.</exception>
    public static TensorRtLlmOptions Settle(Checkpoint checkpoint, TensorRtLlmOptions options, Converter converter, ImmutableArray<Diagnostic>.Builder warnings)
    {
        PackedMatrix? packed = checkpoint.Tensors.Select(t => t.Value).OfType<PackedMatrix>().FirstOrDefault();
        if (packed is null)
        {
            // Scales that the source has are those that it was quantized with.
            options = checkpoint.Tensors.Any(t => t.Value is ScaledFloat8 { InputScale: not null }) && options.Quantization.Algorithm == QuantAlgo.Fp8 ? options with { Statistics = null } : options;
            return Float8(checkpoint, options, converter, warnings);
        }

        PackedForm form = packed.Form;
        QuantAlgo own = form.Bits == 4 ? QuantAlgo.W4A16Gptq : QuantAlgo.W8A16Gptq;
        bool isAwq = form is { Bits: 4, Order: not PackedOrder.AlongInputs };

        // What AWQ has scaled is within its integers and norms; the runtime computes with both as with GPTQ's.
        if (options.Quantization.Algorithm is { } asked && asked != own && !(isAwq && asked == QuantAlgo.W4A16Awq))
        {
            throw Errors.PackedOtherwise(checkpoint.Name, form.Bits, asked.Name);
        }

        if (checkpoint.Tensors.Any(t => t.Value is PackedMatrix other && other.Form.GroupSize != form.GroupSize))
        {
            throw Errors.GroupsOfAll(checkpoint.Name);
        }

        return options with { Quantization = options.Quantization with { Algorithm = own, GroupSize = form.GroupSize, HasZeroPoints = HasZeroPoints(checkpoint, options, form, warnings) } };
    }

    // The reference takes the source's rows of FP8 whatever is asked for; here what was asked is made of them, and it is said.
    private static TensorRtLlmOptions Float8(Checkpoint checkpoint, TensorRtLlmOptions options, Converter converter, ImmutableArray<Diagnostic>.Builder warnings)
    {
        bool isByRows = IsFloat8ByRows(checkpoint), isFloat8 = isByRows || checkpoint.Tensors.Any(t => t.Value is ScaledFloat8);
        QuantAlgo own = isByRows ? QuantAlgo.Fp8Rowwise : QuantAlgo.Fp8;
        bool keeps = isByRows && converter.HasFloat8Rows && checkpoint.Config.Experts is null && (options.Quantization.Algorithm is null || options.FollowsReference);
        if (isFloat8 && options.Quantization.Algorithm is { } asked && asked != own)
        {
            warnings.Add(Errors.Float8Otherwise(checkpoint.Name, asked.Name, keeps ? $"they stay {own.Name}, as the reference does" : "it is made of the numbers that they stand for, and what was lost stays lost"));
        }

        options = keeps ? options with { Quantization = options.Quantization with { Algorithm = own } } : options;
        return isByRows && options.Quantization.Algorithm == own ? options with { ActivationBound = BoundOf(checkpoint) ?? options.ActivationBound } : options;
    }

    private static double? BoundOf(Checkpoint checkpoint)
    {
        JsonNode? stated = (checkpoint.SourceConfig?["quantization_config"] as JsonObject)?["activation_scale_ub"];
        return stated is null ? null
            : stated is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue(out double bound) && double.IsFinite((float)bound) && bound > 0 ? bound
            : throw Errors.ConfigFieldWrong(checkpoint.Name, "quantization_config.activation_scale_ub", stated.ToJsonString(), "a number above 0");
    }

    // The reference takes the flag of symmetry for that of zero points, where the algorithm is not named outright.
    private static bool HasZeroPoints(Checkpoint checkpoint, TensorRtLlmOptions options, PackedForm form, ImmutableArray<Diagnostic>.Builder warnings)
    {
        bool followsFlag = options.Quantization.Algorithm is null && form.Order == PackedOrder.AlongInputs;
        if (!followsFlag || form.IsSymmetric)
        {
            return true;
        }

        warnings.Add(options.FollowsReference ? Errors.ZerosLost(checkpoint.Name) : Errors.ZerosKept(checkpoint.Name));
        return !options.FollowsReference;
    }

    private static bool IsFloat8ByRows(Checkpoint checkpoint) => checkpoint.Tensors.Any(t => t.Value is ScaledFloat8 { Scale.Shape.ElementCount: > 1 });
}

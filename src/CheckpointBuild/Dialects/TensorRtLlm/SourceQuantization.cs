using System.Collections.Immutable;
using System.Linq;
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
    /// <param name="warnings">Receives what the user should know.</param>
    /// <returns>The options that hold.</returns>
    /// <exception cref="CheckpointException">CKPT3217 when another algorithm is asked for.</exception>
    public static TensorRtLlmOptions Settle(Checkpoint checkpoint, TensorRtLlmOptions options, ImmutableArray<Diagnostic>.Builder warnings)
    {
        PackedMatrix? packed = checkpoint.Tensors.Select(t => t.Value).OfType<PackedMatrix>().FirstOrDefault();
        if (packed is null)
        {
            // Scales that the source has are those that it was quantized with.
            options = checkpoint.Tensors.Any(t => t.Value is ScaledFloat8 { InputScale: not null }) && options.Quantization.Algorithm == QuantAlgo.Fp8 ? options with { Statistics = null } : options;
            return IsFloat8ByRows(checkpoint) && options.Quantization.Algorithm is null
                ? options with { Quantization = options.Quantization with { Algorithm = QuantAlgo.Fp8Rowwise } }
                : options;
        }

        PackedForm form = packed.Form;
        QuantAlgo own = form.Bits == 4 ? QuantAlgo.W4A16Gptq : QuantAlgo.W8A16Gptq;
        if (options.Quantization.Algorithm is { } asked && asked != own)
        {
            throw Errors.PackedOtherwise(checkpoint.Name, form.Bits, asked.Name);
        }

        return options with { Quantization = options.Quantization with { Algorithm = own, GroupSize = form.GroupSize, HasZeroPoints = HasZeroPoints(checkpoint, options, form, warnings) } };
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

using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.TensorRtLlm;

/// <summary>What is held against the model before anything is planned: what the runtime cannot do is refused, what the reference would lose is refused or, where its bytes are wanted, said.</summary>
internal static class ConversionChecks
{
    /// <summary>Checks a conversion.</summary>
    /// <param name="fields">What is written.</param>
    /// <param name="converter">The class of models.</param>
    /// <returns>Warnings.</returns>
    /// <exception cref="CheckpointException">32xx when it cannot be.</exception>
    public static ImmutableArray<Diagnostic> Of(ConverterFields fields, Converter converter)
    {
        ImmutableArray<Diagnostic>.Builder warnings = ImmutableArray.CreateBuilder<Diagnostic>();
        if (converter.Refusal(fields) is { } reason)
        {
            throw Errors.FormRefused(fields.Checkpoint.Name, fields.Architecture, reason);
        }

        if (converter.ReferenceRefusal(fields) is { } refusal)
        {
            warnings.Add(fields.Options.FollowsReference ? throw Errors.ReferenceRefuses(fields.Architecture, refusal) : Errors.BeyondReference(fields.Checkpoint.Name, refusal));
        }

        CheckHeads(fields);
        CheckStages(fields, warnings);
        CheckWindow(fields, warnings);
        CheckBiases(fields, converter, warnings);
        CheckPadding(fields, converter, warnings);
        CheckPlaceholders(fields, converter, warnings);
        CheckCalibratedHeads(fields, warnings);
        return warnings.DrainToImmutable();
    }

    private static void CheckHeads(ConverterFields fields)
    {
        int ranks = fields.Options.Grid.TensorParallel, heads = fields.Config.HeadCount, keyHeads = fields.Config.KeyValueHeadCount;
        if (heads % ranks != 0)
        {
            throw Errors.HeadsUneven(fields.Checkpoint.Name, "query heads", heads, ranks, Divisors(heads));
        }

        if (keyHeads >= ranks ? keyHeads % ranks != 0 : ranks % keyHeads != 0)
        {
            throw Errors.HeadsUneven(fields.Checkpoint.Name, "key/value heads", keyHeads, ranks, string.Join(", ", Enumerable.Range(1, heads).Where(r => heads % r == 0 && (keyHeads % r == 0 || r % keyHeads == 0))));
        }
    }

    private static void CheckStages(ConverterFields fields, ImmutableArray<Diagnostic>.Builder warnings)
    {
        int stages = fields.Options.Grid.PipelineParallel, layers = fields.Config.LayerCount;
        bool loses = !fields.Options.Version.SpreadsRemainder && layers % stages != 0;
        if (loses && fields.Options.FollowsReference)
        {
            warnings.Add(Errors.LayersLost(fields.Checkpoint.Name, layers, stages, layers % stages));
        }
        else if (loses || stages > layers)
        {
            throw Errors.StagesUneven(fields.Checkpoint.Name, layers, stages, Divisors(layers));
        }
    }

    // The runtime takes a window when it runs, not from the checkpoint.
    private static void CheckWindow(ConverterFields fields, ImmutableArray<Diagnostic>.Builder warnings)
    {
        if (fields.Config.Window > 0 && fields.Config.Window < fields.Config.ContextLength)
        {
            warnings.Add(Errors.WindowNotRecorded(fields.Checkpoint.Name, fields.Config.Window, fields.Config.ContextLength));
        }
    }

    private static void CheckBiases(ConverterFields fields, Converter converter, ImmutableArray<Diagnostic>.Builder warnings)
    {
        if (converter.FeedForwardBiasField is { } field && fields.Config.Biases.HasFlag(BiasSites.FeedForward))
        {
            warnings.Add(fields.Options.FollowsReference ? Errors.BiasesLost(fields.Checkpoint.Name, field) : Errors.BiasesKept(fields.Checkpoint.Name, field));
        }
    }

    // Padding turns the split by heads off: the fused rows are cut in plain blocks of the padded width.
    private static void CheckPadding(ConverterFields fields, Converter converter, ImmutableArray<Diagnostic>.Builder warnings)
    {
        ModelConfig config = fields.Config;
        int ranks = fields.Options.Grid.TensorParallel, multiple = 64 * ranks;
        long heads = (long)config.HeadCount * config.HeadDimension, fused = heads + (2L * int.Max(config.KeyValueHeadCount, ranks) * config.HeadDimension);
        bool cuts = config.HiddenSize % multiple != 0 || fused % multiple != 0 || heads % multiple != 0;
        bool pads = converter.PadsWeightOnly && !(fields.Options.FollowsReference && fields.Options.Quantization.IsCalibrated);
        if (ranks == 1 || !pads || !cuts || fields.Options.TargetSm == 0 || fields.Options.Quantization.Algorithm is not { IsWeightOnly: true } algorithm)
        {
            return;
        }

        warnings.Add(fields.Options.FollowsReference ? Errors.HeadsCutThrough(fields.Checkpoint.Name, multiple) : throw Errors.PaddingCutsHeads(fields.Checkpoint.Name, algorithm.Name, multiple));
    }

    private static void CheckPlaceholders(ConverterFields fields, Converter converter, ImmutableArray<Diagnostic>.Builder warnings)
    {
        if (fields.Options.FollowsReference && converter.TakesPlainWeightsForFp8 && fields.Options.Quantization.Algorithm == QuantAlgo.Fp8 && !fields.Checkpoint.Tensors.Any(t => t.Value is ScaledFloat8))
        {
            warnings.Add(Errors.ScalesArePlaceholders(fields.Checkpoint.Name));
        }
    }

    // The reference's calibrated path splits keys and values into as many pieces as there are ranks, through heads where these are fewer.
    private static void CheckCalibratedHeads(ConverterFields fields, ImmutableArray<Diagnostic>.Builder warnings)
    {
        if (fields.Options.Quantization.Algorithm is { IsSmoothQuant: true } && fields.Config.KeyValueHeadCount < fields.Options.Grid.TensorParallel)
        {
            warnings.Add(fields.Options.FollowsReference ? Errors.CalibratedHeadsCut(fields.Checkpoint.Name, fields.Config.KeyValueHeadCount) : Errors.CalibratedHeadsRepeated(fields.Checkpoint.Name, fields.Config.KeyValueHeadCount));
        }
    }

    private static string Divisors(int number) => string.Join(", ", Enumerable.Range(1, number).Where(d => number % d == 0));
}

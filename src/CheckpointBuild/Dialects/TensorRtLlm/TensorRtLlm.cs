using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text.Json.Nodes;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects.TensorRtLlm.Exported;
using CheckpointBuild.Dialects.TensorRtLlm.Grouped;
using CheckpointBuild.Dialects.TensorRtLlm.Quantizing;
using CheckpointBuild.Dialects.TensorRtLlm.Smoothing;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.TensorRtLlm;

/// <summary>NVIDIA's TensorRT-LLM checkpoint: <c>config.json</c> and one <c>rankN.safetensors</c> for each rank, byte for byte as <c>convert_checkpoint.py</c> writes them.</summary>
internal sealed class TensorRtLlm : Dialect
{
    private const string ConfigName = "config.json";

    // The one size that the kernels with FP8 activations take.
    private const int GroupOfFloat8 = 128;

    /// <inheritdoc/>
    public override string Name => "tensorrt-llm";

    /// <inheritdoc/>
    public override bool HoldsTokenIds => false;

    /// <inheritdoc/>
    public override bool Recognizes(CheckpointDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        return directory.File is null && directory.Has(ConfigName) && directory.Has("rank0.safetensors");
    }

    /// <inheritdoc/>
    public override Checkpoint Read(CheckpointDirectory directory) => new RankReader(directory).Read();

    /// <inheritdoc/>
    public override QuantizationPolicy PolicyFor(Checkpoint checkpoint, DType? dtype, string? quantization)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return new CastTo(dtype ?? DTypeOf(checkpoint, TensorRtLlmVersion.Default));
    }

    /// <inheritdoc/>
    public override DirectoryPlan Plan(Checkpoint checkpoint, PlanOptions options)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(options);
        Converter converter = Converter.Of(checkpoint.Family);
        ImmutableArray<Diagnostic>.Builder noticed = ImmutableArray.CreateBuilder<Diagnostic>();
        TensorRtLlmOptions settled = converter.Settle(SourceQuantization.Settle(checkpoint, options.TensorRtLlm, converter, noticed), checkpoint.Config);
        var fields = new ConverterFields(checkpoint, settled, ((CastTo)options.Policy).DType);
        ImmutableArray<Diagnostic> warnings = [.. noticed, .. ConversionChecks.Of(fields, converter)];

        JsonObject config = converter.Config(fields);
        if (converter.RecordsCalibration && settled.Quantization.IsCalibrated)
        {
            config["quant_ckpt_path"] = null;
            config["load_model_on_cpu"] = settled.LoadsModelOnCpu;
        }

        var tensors = new RankTensors(fields, converter, options.Overflow, QuantizerFor(fields, converter));
        ImmutableArray<FilePlan>.Builder files = ImmutableArray.CreateBuilder<FilePlan>();
        foreach (int rank in settled.Rank is { } one ? [settled.Grid.FileOf(one)] : Enumerable.Range(0, settled.Grid.FileCount))
        {
            IEnumerable<Tensor> own = tensors.Of(rank);
            files.Add(Format.Safetensors.Plan(string.Create(CultureInfo.InvariantCulture, $"rank{rank}.safetensors"), new TensorFile(new TensorTable(own), new Metadata())));
        }

        files.Add(FilePlan.Of(ConfigName, PythonText.Write(config)));
        bool isSeveral = settled.Rank is null && settled.Grid.FileCount > 1;
        return new DirectoryPlan(files.DrainToImmutable(), warnings) { SharesRows = isSeveral || fields.Config.TiedEmbeddings };
    }

    /// <summary>What becomes of matrices, and what stands beside them for an int8 cache.</summary>
    /// <param name="fields">What is written.</param>
    /// <param name="converter">The class of models.</param>
    /// <returns>Null where they stay as they are.</returns>
    internal static RankQuantizer? QuantizerFor(ConverterFields fields, Converter converter)
    {
        QuantizationRequest request = fields.Options.Quantization;
        return request.IsCalibrated ? Calibrated(fields, converter)
            : request.KvCache != KvCacheAlgo.Int8 ? WeightsFor(fields, converter)
            : request.Algorithm is { IsExported: true } || (request.Algorithm == QuantAlgo.Fp8 && fields.Options.Statistics is not null)
                ? new Int8Cache(fields, Needed(fields, "an int8 cache"), [RoleKind.Key, RoleKind.Value], new Shape(1), WeightsFor(fields, converter))
            : throw Errors.CacheBesideWeights(fields.Checkpoint.Name, request.Algorithm!.Name);
    }

    private static RankQuantizer? WeightsFor(ConverterFields fields, Converter converter) => fields.Options.Quantization.Algorithm switch
    {
        { IsWeightOnly: true } when fields.Options.TargetSm > 0 => PackedWeights(fields, converter.PadsWeightOnly),
        { IsGrouped: true } => new GroupedQuantizer(fields),
        { IsExported: true } algorithm => Exported(fields, converter, algorithm),
        { } algorithm when algorithm == QuantAlgo.Fp8 && fields.Options.Statistics is { } statistics => fields.Config.Experts is not null ? throw Errors.CannotCalibrate(fields.Checkpoint.Name, algorithm.Name, NameOf(fields, converter))
            : new Fp8Exporter(fields, statistics),
        { } algorithm when algorithm == QuantAlgo.Fp8 => new Fp8Quantizer(fields, converter.TakesPlainWeightsForFp8),
        { } algorithm when algorithm == QuantAlgo.Fp8Rowwise && (!converter.HasFloat8Rows || fields.Config.Experts is not null) => throw Errors.CannotCalibrate(fields.Checkpoint.Name, algorithm.Name, NameOf(fields, converter)),
        { } algorithm when algorithm == QuantAlgo.Fp8Rowwise => new Fp8RowQuantizer(fields.Options, fields.Config.LayerCount),
        null or { IsWeightOnly: true } => null,
        { } other => throw Errors.NotOffered("Quantization", other.Name),
    };

    private static string NameOf(ConverterFields fields, Converter converter) => fields.Config.Experts is null ? converter.Name : converter.Name + " with experts";

    private static WeightOnlyQuantizer PackedWeights(ConverterFields fields, bool pads) => new(fields.Options, pads) { KeyHeads = fields.Config.KeyValueHeadCount };

    private static CalibrationStatistics Needed(ConverterFields fields, string what) => fields.Options.Statistics ?? throw Errors.StatisticsNeeded(fields.Checkpoint.Name, what);

    // As ModelOpt writes them: its export is a tool of its own, with rules of its own.
    private static RankQuantizer Exported(ConverterFields fields, Converter converter, QuantAlgo algorithm)
    {
        QuantizationRequest request = fields.Options.Quantization;
        CalibrationStatistics statistics = Needed(fields, algorithm.Name);
        return fields.Config.Experts is not null ? throw Errors.CannotCalibrate(fields.Checkpoint.Name, algorithm.Name, NameOf(fields, converter))
            : algorithm == QuantAlgo.W4A8Awq && request.GroupSize != GroupOfFloat8 ? throw Errors.GroupOfFloat8Activations(fields.Checkpoint.Name, request.GroupSize, GroupOfFloat8)
            : algorithm != QuantAlgo.SmoothPerChannel ? new AwqQuantizer(fields, statistics)
            : request.SmoothQuant is { } alpha && alpha != 1 ? throw Errors.NotOffered("SmoothQuant", alpha.ToString("R", CultureInfo.InvariantCulture))
            : new Int8Exporter(fields, statistics);
    }

    // The converters' own calibrated path, which pads nothing: where a kernel could not take the matrices, the padded ones are right. Of an int8 cache classes without such a path have ModelOpt's scale.
    private static RankQuantizer Calibrated(ConverterFields fields, Converter converter)
    {
        QuantizationRequest request = fields.Options.Quantization;
        SmoothStyle? style = converter.Smoothing;
        bool isSmooth = request.Algorithm is { IsSmoothQuant: true };
        string what = isSmooth ? request.Algorithm!.Name : "an int8 cache";
        if (isSmooth && (style is null || fields.Config.Experts is not null))
        {
            throw Errors.CannotCalibrate(fields.Checkpoint.Name, what, NameOf(fields, converter));
        }

        if (fields.Options.Grid.ContextParallel > 1)
        {
            throw Errors.CalibratedWithContexts(what);
        }

        CalibrationStatistics statistics = Needed(fields, what);
        RankQuantizer? weights = isSmooth ? new SmoothQuantizer(fields, statistics, style!)
            : request.Algorithm is null || fields.Options.TargetSm == 0 ? null
            : PackedWeights(fields, converter.PadsWeightOnly && !fields.Options.FollowsReference);
        return weights is not null && request.KvCache != KvCacheAlgo.Int8 ? weights
            : new Int8Cache(fields, statistics, style is null ? [RoleKind.Key, RoleKind.Value] : [RoleKind.Query, RoleKind.Key, RoleKind.Value], style is { NumbersAreVectors: false } ? new Shape() : new Shape(1), weights);
    }

    /// <summary>The converter's "auto": what <c>torch_dtype</c> says, float16 for float32 and for what is not said.</summary>
    /// <param name="checkpoint">What is written.</param>
    /// <param name="version">Whose form is written: later ones look at <c>dtype</c> too.</param>
    /// <returns>The dtype.</returns>
    internal static DType DTypeOf(Checkpoint checkpoint, TensorRtLlmVersion version)
    {
        string? stated = checkpoint.SourceConfig is null || (version.ReadsDTypeKey && checkpoint.SourceConfig["torch_dtype"] is null) ? checkpoint.Config.StatedDType
            : checkpoint.SourceConfig["torch_dtype"] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
        return DType.TryParse(stated, out DType? dtype) && dtype.IsFloatingPoint && dtype != DType.F32 ? dtype : DType.F16;
    }
}

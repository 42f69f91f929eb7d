using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects.TensorRtLlm.Quantizing;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.TensorRtLlm;

/// <summary>Which tensors the runtime's model expects of each rank, planned from the configuration alone.</summary>
public sealed class RankExpectation
{
    private const string Head = "lm_head.weight";

    private readonly Func<int, IEnumerable<Tensor>>? _plan;

    private readonly bool _isCalibrated;

    private RankExpectation(RankGrid grid, Func<int, IEnumerable<Tensor>>? plan, bool isCalibrated = false) => (Grid, _plan, _isCalibrated) = (grid, plan, isCalibrated);

    /// <summary>The ranks.</summary>
    public RankGrid Grid { get; }

    /// <summary>Reads a configuration.</summary>
    /// <param name="path">Where it lies, for messages.</param>
    /// <param name="json">The configuration.</param>
    /// <returns>What is expected.</returns>
    /// <exception cref="CheckpointException">2xxx when the configuration is of no known model.</exception>
    public static RankExpectation Of(string path, JsonObject json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return Of(new RankConfig(path, JsonElement.Parse(json.ToJsonString())));
    }

    /// <summary>Plans what is expected.</summary>
    /// <param name="stated">The configuration.</param>
    /// <returns>What is expected.</returns>
    internal static RankExpectation Of(RankConfig stated)
    {
        (ModelFamily family, Converter converter, ModelConfig config, DType dtype, QuantAlgo? algorithm) = (stated.Family, stated.Converter, stated.Model, stated.DType, stated.Algorithm);
        bool isCalibrated = algorithm is { IsSmoothQuant: true } or { IsExported: true };
        if (algorithm is not (null or { IsWeightOnly: true }) && !isCalibrated || stated.ForeignAlgorithm is not null)
        {
            return new RankExpectation(stated.Grid, null);
        }

        var options = new TensorRtLlmOptions
        {
            Grid = stated.Grid,
            Version = stated.Version,
            EmbeddingShardingDimension = stated.EmbeddingShardingDimension,
            Quantization = new QuantizationRequest { Algorithm = algorithm, GroupSize = stated.GroupSize },
            Statistics = isCalibrated ? HollowStatistics.Of(stated.Path, family, config) : null,
        };
        var nothing = new Hollow(dtype);
        var roles = new RoleTable(family.Naming.TensorsOf(config).SelectMany(t => t.Roles).Select(r => KeyValuePair.Create(r, nothing.Of(r.ToString(), config.ShapeOf(r)))));
        var fields = new ConverterFields(new Checkpoint { Name = stated.Path, Dialect = "tensorrt-llm", Family = family, Config = config, Tensors = roles }, options, dtype);
        RankQuantizer? quantizer = isCalibrated ? TensorRtLlm.QuantizerFor(fields, converter) : algorithm is null ? null : new WeightOnlyQuantizer(options, converter.PadsWeightOnly) { KeyHeads = config.KeyValueHeadCount };
        var plain = new RankTensors(fields, converter, OverflowRule.Infinity, null);
        return new RankExpectation(stated.Grid, rank => quantizer is null ? plain.Of(rank) : new RankTensors(fields, converter, OverflowRule.Infinity, quantizer).Of(rank), isCalibrated);
    }

    /// <summary>Holds a rank's file against it.</summary>
    /// <param name="directory">The checkpoint.</param>
    /// <param name="rank">Which file.</param>
    /// <param name="warnings">Receives what is taken all the same.</param>
    /// <exception cref="CheckpointException">CKPT2991 when the file is missing, CKPT3232 when a tensor is, CKPT2007 when one has another shape.</exception>
    public void Check(CheckpointDirectory directory, int rank, ICollection<Diagnostic> warnings)
    {
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentNullException.ThrowIfNull(warnings);
        string name = string.Create(CultureInfo.InvariantCulture, $"rank{rank}.safetensors");
        if (!directory.Has(name))
        {
            throw Errors.RankMissing(directory.PathOf("config.json"), name);
        }

        ByteSource source = directory.OpenFile(name);
        TensorTable found = Format.Detect(source).Read(source).Tensors;
        if (_plan is null)
        {
            return;
        }

        // Float weights under a weight-only algorithm are quantized where the engine is built.
        bool isPacked = _isCalibrated || found.Any(t => t.DType == DType.I8);
        Tensor[] expected = [.. _plan(rank).Where(t => isPacked || !t.Name.EndsWith(".per_channel_scale", StringComparison.Ordinal))];
        string[] missing = [.. expected.Where(t => !found.TryGet(t.Name, out _) && !IsTable(t.Name) && !(t.Name == Head && found.TryGet("transformer.vocab_embedding.weight", out _))).Select(t => t.Name)];
        if (missing.Length > 0)
        {
            throw Errors.EngineTensorsMissing(directory.PathOf(name), missing);
        }

        foreach (Tensor tensor in expected)
        {
            if (found.TryGet(tensor.Name, out Tensor? own) && !IsTable(tensor.Name))
            {
                Compare(directory.PathOf(name), tensor, own, warnings);
            }
        }

        string[] further = [.. found.Select(t => t.Name).Except(expected.Select(t => t.Name)).Where(n => !IsTable(n) && !n.EndsWith(".kv_cache_scaling_factor", StringComparison.Ordinal))];
        if (further.Length > 0)
        {
            warnings.Add(Errors.TensorsIgnored(directory.PathOf(name), further.Length, further[0]));
        }
    }

    private static bool IsTable(string name) => name is "embed_positions" or "embed_positions_for_gpt_attention" or "rotary_inv_freq";

    private void Compare(string path, Tensor expected, Tensor own, ICollection<Diagnostic> warnings)
    {
        bool isQuantizedLater = !_isCalibrated && expected.DType == DType.I8 && own.DType.IsFloatingPoint;
        if (own.Shape != expected.Shape && !isQuantizedLater)
        {
            throw Errors.TensorShape(path, own.Name, own.Shape.ToString(), expected.Shape.ToString());
        }

        if (own.DType != expected.DType && !isQuantizedLater)
        {
            warnings.Add(Errors.EngineTensorDType(path, own.Name, own.DType.LongName, expected.DType.LongName));
        }
    }
}

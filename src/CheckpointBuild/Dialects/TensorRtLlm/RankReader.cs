using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects.TensorRtLlm.Grouped;
using CheckpointBuild.Dialects.TensorRtLlm.Quantizing;
using CheckpointBuild.Dialects.TensorRtLlm.Smoothing;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.TensorRtLlm;

/// <summary>Reads a checkpoint back: its configuration in Hugging Face's words, and each role out of the ranks that have a share of it.</summary>
/// <param name="directory">The checkpoint.</param>
internal sealed class RankReader(CheckpointDirectory directory)
{
    private const string ConfigName = "config.json";

    /// <summary>Reads the checkpoint.</summary>
    /// <returns>The checkpoint in canonical arrangement.</returns>
    /// <exception cref="CheckpointException">2xxx when configuration and ranks do not belong together, CKPT2990 when the weights are quantized.</exception>
    public Checkpoint Read()
    {
        RankConfig stated = ReadConfig();
        (string path, ModelFamily family, RankGrid grid) = (stated.Path, stated.Family, stated.Grid);
        RefuseForeign(stated);
        WeightOnlyWeights? packed = WeightOnlyWeights.Of(directory, stated.Algorithm, stated.Model, grid);
        ImmutableArray<Dictionary<string, Tensor>> ranks = [.. Enumerable.Range(0, grid.FileCount).Select(ReadRank).Select(rank => packed?.Decode(rank) ?? rank)];
        var merge = new RankMerge(path, stated.Model, grid, stated.Converter, ranks);
        (ModelConfig config, Dictionary<TensorRole, Tensor> roles) = merge.Roles();
        stated.Source["tie_word_embeddings"] = config.TiedEmbeddings;
        return new Checkpoint
        {
            Name = directory.Name,
            Dialect = "tensorrt-llm",
            Family = family,
            Config = config,
            Tensors = InOrderOfNames(family, config, roles, path),
            SourceConfig = stated.Source,
            Problems = [Errors.RanksWithoutTokenizer(directory.Name), .. Inexact(config), .. packed is null ? [] : new[] { Errors.RanksDecoded(directory.Name, stated.Algorithm!.Name) }],
        };
    }

    /// <summary>Reads the configuration alone: what a checkpoint is, whatever its weights hold.</summary>
    /// <returns>The checkpoint without tensors.</returns>
    /// <exception cref="CheckpointException">2xxx when it is of no known model.</exception>
    public Checkpoint Describe()
    {
        RankConfig stated = ReadConfig();
        return new Checkpoint { Name = directory.Name, Dialect = "tensorrt-llm", Family = stated.Family, Config = stated.Model, Tensors = new RoleTable([]) };
    }

    private RankConfig ReadConfig() => new(directory.PathOf(ConfigName), JsonFile.Parse(directory.PathOf(ConfigName), directory.ReadAll(ConfigName)));

    private IEnumerable<Diagnostic> Inexact(ModelConfig config)
    {
        if (config.PositionOffset is > 0 and var rows)
        {
            yield return Errors.RanksInexact(directory.Name, $"the first {rows} rows of its positions are read as zeros: no token stands there");
        }

        if (config.NormOffset != 0)
        {
            yield return Errors.RanksInexact(directory.Name, $"the weights of its norms are read as what is used, less {config.NormOffset}: digits that the sum rounded away are gone");
        }
    }

    // Said by the algorithm: shapes in the order of kernels would be taken for those of another model.
    private static void RefuseForeign(RankConfig stated)
    {
        if (stated.ForeignAlgorithm is { } foreign)
        {
            throw Errors.RanksQuantized(stated.Path, foreign, "");
        }

        if (stated.Algorithm is { IsGrouped: true } grouped)
        {
            throw Errors.RanksQuantized(stated.Path, grouped.Name, "");
        }
    }

    private Dictionary<string, Tensor> ReadRank(int rank) => SmoothedWeights.Decode(GroupedWeights.Decode(ReadFile(rank)));

    private Dictionary<string, Tensor> ReadFile(int rank)
    {
        string name = $"rank{rank}.safetensors";
        if (!directory.Has(name))
        {
            throw Errors.RankMissing(directory.PathOf(ConfigName), name);
        }

        ByteSource source = directory.OpenFile(name);
        return Format.Detect(source).Read(source).Tensors.ToDictionary(t => t.Name, StringComparer.Ordinal);
    }

    // The canonical order: as Hugging Face's file would have the tensors, by name.
    private static RoleTable InOrderOfNames(ModelFamily family, ModelConfig config, Dictionary<TensorRole, Tensor> roles, string path) => new(family.Naming.TensorsOf(config)
        .OrderBy(t => t.Name, StringComparer.Ordinal)
        .SelectMany(t => t.Roles)
        .Select(role => KeyValuePair.Create(role, roles.GetValueOrDefault(role) is not { } tensor ? throw Errors.TensorMissing(path, role.ToString(), config.ShapeOf(role).ToString())
            : tensor.Shape == config.ShapeOf(role) ? tensor
            : throw Errors.TensorShape(path, tensor.Name, tensor.Shape.ToString(), config.ShapeOf(role).ToString()))));
}

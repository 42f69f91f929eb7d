using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using CheckpointBuild.Building;
using CheckpointBuild.Dialects;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using CheckpointBuild.Tests.Infrastructure;

namespace CheckpointBuild.Tests.Laws;

/// <summary>A tiny model of a family with seeded weights: as the family is by default, and once more for each of its forms that has other tensors or another arrangement.</summary>
/// <param name="Name">The architecture and the form.</param>
/// <param name="Family">The family.</param>
/// <param name="Config">The model's numbers.</param>
internal sealed record FamilySample(string Name, ModelFamily Family, ModelConfig Config)
{
    private const int Layers = 4;

    private static readonly Dictionary<string, (string Form, Func<ModelConfig, ModelConfig> Change)[]> Forms = new()
    {
        ["LlamaForCausalLM"] =
        [
            ("tied", c => c with { TiedEmbeddings = true }),
            ("biases", c => c with { Biases = BiasSites.QueryKeyValue | BiasSites.AttentionOutput | BiasSites.FeedForward }),
        ],
        ["Qwen2MoeForCausalLM"] = [("some dense layers", c => c with { Experts = c.Experts! with { Layers = LayerSet.Where(Layers, layer => layer > 0) } })],
        ["Gemma3ForCausalLM"] = [("windows", c => c with { Window = 5, WindowLayers = LayerSet.Where(Layers, layer => layer != 2) })],
        ["PhiForCausalLM"] = [("normed heads", c => c with { HeadNorm = HeadNorm.Shared })],
        ["Phi3ForCausalLM"] = [("window", c => c with { Window = 5 })],
        ["CohereForCausalLM"] = [("normed heads", c => c with { HeadNorm = HeadNorm.PerHead })],
        ["StableLmForCausalLM"] = [("12B", c => c with { HeadNorm = HeadNorm.PerHead, Residual = ResidualShape.ParallelOneNorm })],
        ["DeepseekV2ForCausalLM"] = [("latent queries, groups", c => c with { Latent = c.Latent! with { QueryRank = 12 }, Experts = c.Experts! with { GroupCount = 2, GroupsUsed = 1 } })],
        ["DeepseekV3ForCausalLM"] =
        [
            ("biases", c => c with { Latent = c.Latent! with { QueryRank = 12 }, Biases = BiasSites.QueryKeyValue | BiasSites.AttentionOutput }),
            ("halves", c => c with { Rope = c.Rope! with { Style = RopeStyle.Halves } }),
        ],
        ["GPTNeoXForCausalLM"] = [("sequential", c => c with { Residual = ResidualShape.Sequential }), ("without biases", c => c with { Biases = BiasSites.FeedForward | BiasSites.Norm })],
        ["OPTForCausalLM"] = [("350M", c => c with { Residual = ResidualShape.NormAfterSum, StatedEmbeddingSize = 20 })],
        ["BloomForCausalLM"] = [("residual from the norm", c => c with { Residual = ResidualShape.NormIsResidual })],
        ["FalconForCausalLM"] =
        [
            ("new", c => c with { Residual = ResidualShape.Parallel, KeyValueHeadCount = 2 }),
            ("sequential", c => c with { Residual = ResidualShape.Sequential, KeyValueHeadCount = 4, Biases = BiasSites.Norm | BiasSites.QueryKeyValue | BiasSites.AttentionOutput | BiasSites.FeedForward }),
        ],
        ["MptForCausalLM"] = [("limits", c => c with { ProjectionLimit = 0.5, AttentionScale = 0.2 })],
        ["Starcoder2ForCausalLM"] = [("without biases", c => c with { Biases = BiasSites.Norm })],
    };

    /// <summary>Every sample.</summary>
    public static ImmutableArray<FamilySample> All { get; } =
    [
        .. ModelFamily.All.SelectMany(family => Forms.GetValueOrDefault(family.Architecture, [])
            .Prepend(("default", c => c))
            .Select(form => new FamilySample($"{family.Architecture}, {form.Item1}", family, family.Derive(form.Item2(Small(family)))))),
    ];

    /// <summary>The samples as rows of a theory.</summary>
    public static Xunit.TheoryData<string> Names => [.. All.Select(s => s.Name)];

    /// <summary>The sample of a row.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The sample.</returns>
    public static FamilySample Named(string name) => All.Single(s => s.Name == name);

    /// <summary>The tensors as Hugging Face's files hold them, by name.</summary>
    /// <returns>The tensors.</returns>
    public ImmutableArray<Tensor> Stored() => [.. Family.Naming.TensorsOf(Config).OrderBy(t => t.Name, StringComparer.Ordinal).Select((stored, i) => Made(stored, (ulong)i))];

    /// <summary>The checkpoint.</summary>
    /// <returns>With all roles.</returns>
    public Checkpoint Checkpoint()
    {
        Dictionary<string, StoredTensor> stored = Family.Naming.TensorsOf(Config).ToDictionary(t => t.Name);
        return new Checkpoint { Name = "sample", Dialect = "test", Family = Family, Config = Config, Tensors = new RoleTable(Stored().SelectMany(t => stored[t.Name].Split(t))) };
    }

    /// <summary>Writes the checkpoint in Hugging Face's form.</summary>
    /// <param name="folder">Where it goes.</param>
    /// <returns>The same folder.</returns>
    public string Write(string folder)
    {
        Directory.CreateDirectory(folder);
        DirectoryPlan plan = Dialect.Named("huggingface").Plan(Checkpoint(), new PlanOptions { EngineName = "sample", Policy = new AsStored(DType.F32) });
        new Builder(new BuilderOptions { Durability = Durability.Cached }).Build(plan, folder, default);
        return folder;
    }

    private static ModelConfig Small(ModelFamily family)
    {
        ModelConfig config = family.Complete(new ModelConfig
        {
            HiddenSize = 32,
            LayerCount = Layers,
            HeadCount = 4,
            KeyValueHeadCount = family.Fields.KeyValueHeads is null ? 4 : 2,
            HeadDimension = 8,
            FeedForwardSize = family.Fields.FeedForward is null ? 128 : 24,
            VocabularySize = 40,
            ContextLength = 64,
            NormEpsilon = family.Fields.DefaultNormEpsilon,
            Activation = family.Fields.DefaultActivation,
            Rope = family.Fields.DefaultTheta is { } theta ? new RopeConfig { Theta = theta, Dimensions = 8, Style = family.Fields.RopeStyle } : null,
            Biases = family.Fields.BiasFields.Where(f => f.Default).Aggregate(family.Fields.Biases, (sites, f) => sites | f.Sites),
        });
        return config with
        {
            HeadDimension = 8,
            Rope = config.Rope is { } rope ? rope with { Dimensions = family.Fields.DefaultRotaryPart < 1 || config.Latent is not null ? 4 : 8 } : null,
            StatedValueDimension = config.Latent is null ? 0 : 6,
            Latent = config.Latent is { } latent ? latent with { KeyValueRank = 16 } : null,
            Experts = config.Experts is { } experts
                ? experts with { Count = 6, Used = 2, FeedForwardSize = experts.FeedForwardSize == config.FeedForwardSize ? config.FeedForwardSize : 8, SharedFeedForwardSize = experts.SharedFeedForwardSize > 0 ? 16 : 0, SharedCount = experts.SharedCount > 0 ? 2 : 0 }
                : null,
        };
    }

    private static Stored Made(StoredTensor stored, ulong seed)
    {
        var random = new SeededRandom(seed + 1);
        float middle = stored.Shape.Rank == 1 && stored.Roles[0].Part == TensorPart.Weight ? 1 : 0;
        float[] values = [.. Enumerable.Range(0, (int)stored.Shape.ElementCount).Select(_ => middle + (0.5f * random.NextWeight()))];
        byte[] bytes = new byte[DType.BF16.RowBytes(0, values.Length)];
        DType.BF16.Encode(values, values.Length, new Planes(bytes));
        return new Stored(stored.Name, DType.BF16, stored.Shape, new ArraySource(bytes), 0);
    }
}

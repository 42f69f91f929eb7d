using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects.HuggingFace;
using CheckpointBuild.Dialects.Torchtune;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tokenizers;
using CheckpointBuild.Tokenizers.Reading;

namespace CheckpointBuild.Dialects.Meta;

/// <summary>Meta's own folder: <c>params.json</c>, <c>consolidated.00.pth</c> and on, <c>tokenizer.model</c> of SentencePiece or tiktoken.</summary>
internal sealed class Meta : Dialect
{
    /// <summary>What the dialect is called.</summary>
    internal const string DialectName = "meta";

    private const string Architecture = "LlamaForCausalLM";

    /// <inheritdoc/>
    public override string Name => DialectName;

    /// <inheritdoc/>
    public override bool Recognizes(CheckpointDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        return PlaceIn(directory) is { } place && MetaShards.FilesIn(place).Length > 0;
    }

    /// <inheritdoc/>
    public override Checkpoint Read(CheckpointDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        directory = PlaceIn(directory) ?? directory;
        ImmutableArray<Diagnostic>.Builder problems = ImmutableArray.CreateBuilder<Diagnostic>();
        ParamsFile parameters = ParamsFile.Read(directory);
        MetaShards shards = MetaShards.Open(directory, parameters, problems);
        IReadOnlyList<Tensor> weights = shards.Merge();
        ModelDescription? stated = StatedIn(directory, parameters);
        (TokenizerModel? tokenizer, Diagnostic? fault) = stated is null ? TokenizerSidecars.Read(directory) : (stated.Tokenizer, stated.TokenizerFault);

        ModelFamily family = stated?.Family ?? ModelFamily.FindArchitecture(Architecture)!;
        JsonObject json = stated?.SourceConfig ?? MetaConfig.Write(parameters, Facts(directory.Path, weights), tokenizer);
        ModelConfig config = stated?.Config ?? family.ReadConfig(new ConfigReader(directory.PathOf(ParamsFile.Name), JsonElement.Parse(json.ToJsonString())));
        (config, RoleTable tensors) = new RoleMapper(family, MetaNames.Naming, directory.Path, problems).Map(config, weights);
        if (stated is null && !weights.Any(t => t.Name == MetaNames.Output))
        {
            problems.Add(Errors.HeadTakenAsTied(directory.Path));
        }

        if (shards.Frequencies is { } frequencies && !MetaWriter.AreFrequenciesOf(config, frequencies))
        {
            problems.Add(Errors.FrequenciesDiffer(directory.Path, $"{frequencies.DType} {frequencies.Shape}"));
        }

        var layout = new MetaLayout(shards.Count, shards.EmbeddingByColumns, shards.Frequencies?.DType.LongName);
        return new Checkpoint
        {
            Name = directory.Name,
            Dialect = Name,
            Family = family,
            Config = config,
            Tensors = InOrderOfNames(tensors, family, config),
            Tokenizer = tokenizer,
            TokenizerFault = fault,
            Sidecars = [.. SidecarsOf(directory, parameters, tokenizer, layout)
                .Concat(stated?.Sidecars.Where(s => s.Name is not (ParamsFile.Name or SentencePieceFile.FileName)) ?? [])
                .Concat(tokenizer is null ? [] : [InMemory(MetaTokenizerFiles.SpecialTokens, MetaTokenizerFiles.MapOf(tokenizer)), InMemory(MetaTokenizerFiles.Configuration, MetaTokenizerFiles.ConfigurationOf(tokenizer, config.ContextLength, directory.Tolerance))])
                .DistinctBy(s => s.Name)],
            SourceConfig = json,
            Problems = problems.DrainToImmutable(),
        };
    }

    /// <inheritdoc/>
    public override QuantizationPolicy PolicyFor(Checkpoint checkpoint, DType? dtype, string? quantization) => FloatPolicy(dtype, quantization);

    /// <inheritdoc/>
    public override DirectoryPlan Plan(Checkpoint checkpoint, PlanOptions options)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(options);
        return new MetaWriter(checkpoint, options).Plan();
    }

    // The folder that has Meta's sizes: this one, or the newest epoch below it that torchtune saved.
    private static CheckpointDirectory? PlaceIn(CheckpointDirectory directory) =>
        File.Exists(directory.PathOf(ParamsFile.Name)) ? directory
        : directory.File is null && TorchtuneFolder.NewestEpoch(directory.Folder) is { } epoch && directory.Below(epoch) is var below && File.Exists(below.PathOf(ParamsFile.Name)) ? below
        : null;

    // What Hugging Face's form says beyond Meta's sizes lies beside them where the folder came from there; it counts as long as it is of the same model.
    private static ModelDescription? StatedIn(CheckpointDirectory directory, ParamsFile parameters)
    {
        if (!File.Exists(directory.PathOf(ConfigFile.Name)))
        {
            return null;
        }

        ModelDescription stated = ConfigSource.HuggingFace.Read(directory, DialectName);
        return parameters.Describes(stated.Config) ? stated : null;
    }

    // The canonical order: as Hugging Face's file would have the tensors, by name.
    private static RoleTable InOrderOfNames(RoleTable tensors, ModelFamily family, ModelConfig config) =>
        new(family.Naming.TensorsOf(config).OrderBy(t => t.Name, StringComparer.Ordinal).SelectMany(t => t.Roles).Select(role => KeyValuePair.Create(role, tensors[role])));

    // The embedding's rows count, whatever params.json says of the vocabulary: -1 there means "as many as the tokenizer has".
    private static (long Rows, bool IsTied, DType DType) Facts(string path, IReadOnlyList<Tensor> weights)
    {
        Tensor embedding = weights.FirstOrDefault(t => t.Name == MetaNames.Embedding) ?? throw Errors.TensorMissing(path, MetaNames.Embedding, "");
        Tensor? output = weights.FirstOrDefault(t => t.Name == MetaNames.Output);
        return (embedding.Shape.Rows, output is null || TensorComparison.AreEqual(embedding, output), embedding.DType);
    }

    // What Hugging Face's form has a place for, and beside it what only Meta's has, so that it can be given back.
    private static ImmutableArray<Sidecar> SidecarsOf(CheckpointDirectory directory, ParamsFile parameters, TokenizerModel? tokenizer, MetaLayout layout)
    {
        ImmutableArray<Sidecar>.Builder sidecars = ImmutableArray.CreateBuilder<Sidecar>();
        sidecars.Add(InMemory("generation_config.json", MetaConfig.Generation(parameters, tokenizer)));
        if (File.Exists(directory.PathOf(SentencePieceFile.FileName)))
        {
            string place = tokenizer is { SentencePiece: null } ? MetaLayout.Folder : "";
            sidecars.Add(new Sidecar(place + SentencePieceFile.FileName, () => directory.OpenFile(SentencePieceFile.FileName)));
        }

        sidecars.Add(new Sidecar(MetaLayout.Folder + ParamsFile.Name, () => directory.OpenFile(ParamsFile.Name)));
        sidecars.Add(InMemory(MetaLayout.FileName, layout.ToJson()));
        return sidecars.DrainToImmutable();
    }

    private static Sidecar InMemory(string name, string text) => new(name, () => new MemorySource(name, Encoding.UTF8.GetBytes(text)));
}

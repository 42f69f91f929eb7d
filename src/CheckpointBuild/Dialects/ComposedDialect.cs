using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using CheckpointBuild.Dialects.Mapping;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects;

/// <summary>A dialect put together from three parts, each of which can be replaced while the others stay Hugging Face's: where the configuration comes from, where the tensors come from, and how their names map to roles
/// (a <see cref="RoleMapping"/> registered under the dialect's name and the architecture; without one, the family's own names).</summary>
/// <param name="name">What <c>Format</c> calls it.</param>
/// <param name="configuration">Says what the model is.</param>
/// <param name="tensors">Finds the named tensors.</param>
public abstract class ComposedDialect(string name, ConfigSource configuration, TensorSource tensors) : Dialect
{
    private static readonly string[] KnownQuantizers = ["gptq", "awq", "fp8"];

    /// <inheritdoc/>
    public sealed override string Name => name;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override bool Recognizes(CheckpointDirectory directory) => configuration.Recognizes(directory) && tensors.Recognizes(directory);

    // Names and shapes that fit no model are what a quantizer that is not known leaves: then that is what to say.
    private static (ModelConfig Config, RoleTable Tensors) Map(RoleMapper mapper, ModelDescription model, IReadOnlyList<Tensor> stored, CheckpointDirectory directory)
    {
        try
        {
            return mapper.Map(model.Config, stored);
        }
        catch (CheckpointException e) when (model.SourceConfig?["quantization_config"] is JsonObject settings && settings["quant_method"] is JsonValue method && method.GetValueKind() == JsonValueKind.String && !KnownQuantizers.Contains(method.GetValue<string>()))
        {
            throw Errors.QuantizedOtherwise(directory.PathOf("config.json"), method.GetValue<string>(), e);
        }
    }

    /// <inheritdoc/>
    public sealed override Checkpoint Read(CheckpointDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        ImmutableArray<Diagnostic>.Builder problems = ImmutableArray.CreateBuilder<Diagnostic>();
        ModelDescription model = configuration.Read(directory, Name);
        ImmutableArray<string> before = directory.OpenedFiles;
        IReadOnlyList<Tensor> stored = tensors.Read(directory, problems);
        HashSet<string> weights = [.. directory.OpenedFiles.Except(before, StringComparer.Ordinal)];

        RoleMapping? mapping = MappingTable.Find(Name, model.Architecture ?? model.Family.Architecture);
        stored = mapping?.Apply(stored, model.Config, directory.Path, problems) ?? stored;
        RoleMapper mapper = mapping is { Names.IsDefault: false }
            ? new(model.Family, new TensorNaming(mapping.Names), directory.Path, problems) { Tolerance = directory.Tolerance }
            : new(model.Family, model.Family.Naming, directory.Path, problems) { Prefix = model.Family.NamePrefix, Tolerance = directory.Tolerance };
        if (mapping is null && directory.Tolerance == SourceTolerance.Reference && model.Architecture is { } architecture && ModelFamily.FindArchitecture(architecture) is null && ModelFamily.FindModelType(architecture) is null)
        {
            problems.Add(Errors.ArchitectureByType(directory.Path, model.Family.Architecture));
        }

        (ModelConfig config, RoleTable roles) = Map(mapper, model, stored, directory);
        return new Checkpoint
        {
            Name = directory.Name,
            Dialect = Name,
            Family = model.Family,
            Config = config,
            Tensors = roles,
            TiedHeadPlace = mapper.TiedHeadPlace,
            Tokenizer = model.Tokenizer,
            TokenizerFault = model.TokenizerFault,
            Sidecars = [.. model.Sidecars.Where(s => !weights.Contains(s.Name))],
            SourceConfig = model.SourceConfig,
            Problems = problems.DrainToImmutable(),
        };
    }
}

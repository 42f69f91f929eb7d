using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json.Nodes;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tokenizers;

namespace CheckpointBuild.Dialects.HuggingFace;

/// <summary>Hugging Face's folder: <c>config.json</c>, <c>model.safetensors</c> or shards with an index, tokenizer files and other sidecars.</summary>
internal sealed class HuggingFace : Dialect
{
    /// <inheritdoc/>
    public override string Name => "huggingface";

    /// <inheritdoc/>
    public override bool Recognizes(CheckpointDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        return directory.File is null
            ? directory.Has(ConfigFile.Name) && WeightFiles.AreIn(directory)
            : directory.File.EndsWith(WeightFiles.Extension, StringComparison.Ordinal) && System.IO.File.Exists(directory.PathOf(ConfigFile.Name));
    }

    /// <inheritdoc/>
    public override Checkpoint Read(CheckpointDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        ImmutableArray<Diagnostic>.Builder problems = ImmutableArray.CreateBuilder<Diagnostic>();
        ConfigFile file = ConfigFile.Read(directory, problems);
        ModelConfig config = file.Family.ReadConfig(file.Reader);
        config = GenerationSettings.AddEndTokens(config, directory);

        IReadOnlyList<Tensor> weights = WeightFiles.Read(directory, problems);
        var mapper = new RoleMapper(file.Family, file.Family.Naming, directory.Path, problems) { Prefix = file.Family.NamePrefix, Tolerance = directory.Tolerance };
        (config, RoleTable tensors) = mapper.Map(config, weights);
        (TokenizerModel? tokenizer, Diagnostic? fault) = TokenizerSidecars.Read(directory);
        return new Checkpoint
        {
            Name = directory.Name,
            Dialect = Name,
            Family = file.Family,
            Config = config,
            Tensors = tensors,
            Tokenizer = tokenizer,
            TokenizerFault = fault,
            Sidecars = SidecarFiles.Of(directory),
            SourceConfig = file.Json,
            Problems = problems.DrainToImmutable(),
        };
    }

    /// <inheritdoc/>
    public override QuantizationPolicy PolicyFor(Checkpoint checkpoint, DType? dtype, string? quantization)
    {
        if (quantization is not null)
        {
            throw Errors.UnknownOptionValue("quantization", quantization, $"{Name} checkpoints", []);
        }

        return dtype switch
        {
            null => new AsStored(DType.F32),
            { IsFloatingPoint: true } => new CastTo(dtype),
            _ => throw Errors.UnknownOptionValue("dtype", dtype.LongName, $"{Name} checkpoints", DType.All.Where(d => d.IsFloatingPoint).Select(d => d.LongName)),
        };
    }

    /// <inheritdoc/>
    public override DirectoryPlan Plan(Checkpoint checkpoint, PlanOptions options)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(options);
        if (checkpoint.SourceConfig is null && checkpoint.Config.Rope is { StatedFactors.IsEmpty: false })
        {
            throw Errors.CannotRun($"{checkpoint.Name}: rotary factors that follow no known rule", "a Hugging Face checkpoint", "Its configuration has no place for them; keep the form that holds them.");
        }

        List<Tensor> tensors = [.. Stored(checkpoint, options)];
        ImmutableArray<FilePlan>.Builder files = ImmutableArray.CreateBuilder<FilePlan>();
        files.AddRange(ShardedWeights.Plan(tensors, options.MaxShardSize));

        (JsonObject config, ImmutableArray<Diagnostic> warnings) = ConfigFile.ToWrite(checkpoint, tensors);
        files.Add(FilePlan.Of(ConfigFile.Name, ConfigFile.Text(config)));
        files.AddRange(checkpoint.Sidecars.Select(s => FilePlan.CopyOf(s.Name, s.Open())));
        if (checkpoint.Sidecars.IsEmpty && checkpoint.Tokenizer is { } tokenizer)
        {
            files.AddRange(TokenizerFiles.Write(tokenizer).Select(f => FilePlan.Of(f.Name, f.Bytes.ToArray())));
        }
        else if (checkpoint.Sidecars.IsEmpty && checkpoint.TokenizerFault is { } fault)
        {
            warnings = warnings.Add(Errors.TokenizerNotCarried(fault));
        }

        return new DirectoryPlan(files.DrainToImmutable(), warnings);
    }

    // A tensor that holds several roles stands where the first of them does.
    private static IEnumerable<Tensor> Stored(Checkpoint checkpoint, PlanOptions options)
    {
        var holders = new Dictionary<TensorRole, StoredTensor>();
        foreach (StoredTensor stored in checkpoint.Family.Naming.TensorsOf(checkpoint.Config))
        {
            holders[stored.Roles[0]] = stored;
        }

        return checkpoint.Tensors.Where(t => holders.ContainsKey(t.Key)).Select(t => options.Typed(t.Key, holders[t.Key].Join(role => checkpoint.Tensors[role])));
    }
}

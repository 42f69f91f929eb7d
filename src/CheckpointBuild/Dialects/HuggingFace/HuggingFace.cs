using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.HuggingFace;

/// <summary>Hugging Face's folder: <c>config.json</c>, <c>model.safetensors</c> or <c>pytorch_model.bin</c>, or shards of these with an index; tokenizer files and other sidecars.</summary>
internal sealed class HuggingFace() : ComposedDialect("huggingface", ConfigSource.HuggingFace, TensorSource.HuggingFace)
{
    /// <inheritdoc/>
    public override bool CanWrite => true;

    // One of Meta's shards by itself is Meta's, whatever configuration lies beside it too.
    /// <inheritdoc/>
    public override bool Recognizes(CheckpointDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        return !(directory.File is { } one && Meta.MetaShards.IsShard(one) && File.Exists(directory.PathOf(Meta.ParamsFile.Name))) && base.Recognizes(directory);
    }

    /// <inheritdoc/>
    public override QuantizationPolicy PolicyFor(Checkpoint checkpoint, DType? dtype, string? quantization) => FloatPolicy(dtype, quantization);

    /// <inheritdoc/>
    public override DirectoryPlan Plan(Checkpoint checkpoint, PlanOptions options)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(options);
        if (checkpoint.SourceConfig is null && checkpoint.Config.Rope is { StatedFactors.IsEmpty: false })
        {
            throw Errors.CannotRun($"{checkpoint.Name}: rotary factors that follow no known rule", "a Hugging Face checkpoint", "Its configuration has no place for them; keep the form that holds them.");
        }

        // The reference reads Meta's files as bfloat16, whatever they hold.
        options = options is { FollowsReference: true, Policy: AsStored } && checkpoint.Dialect == Meta.Meta.DialectName ? options with { Policy = new CastTo(DType.BF16) } : options;
        List<Tensor> tensors = [.. Stored(checkpoint, options)];
        ImmutableArray<FilePlan>.Builder files = ImmutableArray.CreateBuilder<FilePlan>();
        files.AddRange(ShardedWeights.Plan(options.FollowsReference ? tensors : WithCopyOfEmbedding(checkpoint, tensors), options.MaxShardSize, checkpoint.Partition));
        (IReadOnlyList<FilePlan> companions, ImmutableArray<Diagnostic> warnings) = CompanionFiles.Of(checkpoint, tensors, options);
        files.AddRange(companions);
        return new DirectoryPlan(files.DrainToImmutable(), warnings);
    }

    // A tied head that safetensors hold beside the embedding is kept, where it stood. PyTorch's own containers always hold one, and Hugging Face's tools leave it out of safetensors.
    private static List<Tensor> WithCopyOfEmbedding(Checkpoint checkpoint, List<Tensor> tensors)
    {
        if (!checkpoint.Config.TiedEmbeddings || checkpoint.TiedHeadPlace is not { } place || ShardedWeights.OriginOf(checkpoint.Tensors[new TensorRole(RoleKind.TokenEmbedding)])?.EndsWith(".safetensors", StringComparison.Ordinal) != true)
        {
            return tensors;
        }

        Dictionary<RoleKind, string> names = checkpoint.Family.Naming.TensorsOf(checkpoint.Config with { TiedEmbeddings = false, LayerCount = 1 }).GroupBy(t => t.Roles[0].Kind).ToDictionary(g => g.Key, g => g.First().Name);
        Tensor embedding = tensors.Single(t => t.Name == names[RoleKind.TokenEmbedding]);
        Dictionary<string, TensorRole> roles = checkpoint.Family.Naming.TensorsOf(checkpoint.Config).ToDictionary(t => t.Name, t => t.Roles[0], StringComparer.Ordinal);
        HashSet<TensorRole> before = [.. checkpoint.Tensors.Take(place).Select(t => t.Key)];
        return [.. tensors.Where(t => before.Contains(roles[t.Name])), Renamed.Of(embedding, names[RoleKind.Output]), .. tensors.Where(t => !before.Contains(roles[t.Name]))];
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

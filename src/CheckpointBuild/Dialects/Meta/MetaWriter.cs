using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects.HuggingFace;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using CheckpointBuild.Tokenizers.Reading;
using CheckpointBuild.Tokenizers.Writing;

namespace CheckpointBuild.Dialects.Meta;

/// <summary>Lays out a checkpoint in Meta's form: one file, or as many as it had, or as many as the largest size of a file asks for.</summary>
/// <param name="checkpoint">What is written.</param>
/// <param name="options">Types and sizes.</param>
internal sealed class MetaWriter(Checkpoint checkpoint, PlanOptions options)
{
    private const int MostShards = 8;
    private static readonly string[] Architectures = ["LlamaForCausalLM", "MistralForCausalLM"];
    private readonly MetaLayout? _layout = checkpoint.Sidecars.FirstOrDefault(s => s.Name == MetaLayout.FileName) is { } note ? MetaLayout.Read(note) : null;

    /// <summary>Lays out the files.</summary>
    /// <returns>The plan.</returns>
    /// <exception cref="CheckpointException">CKPT2012 when Meta's form has no words for the model.</exception>
    public DirectoryPlan Plan()
    {
        RefuseOthers();
        List<Tensor> tensors = [.. Tensors()];
        int shards = CountFor(tensors);
        long largest = tensors.Sum(t => ShareOf(t, 0, shards).ByteCount);
        ImmutableArray<FilePlan>.Builder files = ImmutableArray.CreateBuilder<FilePlan>();
        for (int i = 0; i < shards; i++)
        {
            int index = i;
            files.Add(Format.PyTorch.Plan(MetaShards.NameOf(i), new TensorFile(new TensorTable(tensors.Select(t => ShareOf(t, index, shards))), new Metadata())));
        }

        files.Add(ParamsPlan());
        ImmutableArray<Diagnostic> warnings = largest > options.MaxShardSize ? [Errors.MetaShardsTooLarge(checkpoint.Name, largest, options.MaxShardSize, shards)] : [];
        if (TokenizerSource() is { } tokenizer)
        {
            files.Add(FilePlan.CopyOf(SentencePieceFile.FileName, tokenizer));
        }
        else
        {
            warnings = warnings.Add(Errors.MetaTokenizerMissing(checkpoint.Name));
        }

        if (!options.FollowsReference)
        {
            // Meta's own tools look at none of these; with them the folder says all that its source said.
            (IReadOnlyList<FilePlan> companions, ImmutableArray<Diagnostic> more) = CompanionFiles.Of(checkpoint, tensors, options);
            files.AddRange(companions.Where(c => !c.Path.StartsWith(MetaLayout.Folder, StringComparison.Ordinal) && files.All(f => f.Path != c.Path)));
            warnings = warnings.AddRange(more);
        }

        return new DirectoryPlan(files.DrainToImmutable(), warnings);
    }

    private void RefuseOthers()
    {
        ModelConfig config = checkpoint.Config;
        string? reason = !Architectures.Contains(checkpoint.Family.Architecture) ? checkpoint.Family.Architecture
            : config.Biases != BiasSites.None ? "biases"
            : config.HeadDimension * config.HeadCount != config.HiddenSize ? $"heads of {config.HeadDimension} in a width of {config.HiddenSize}"
            : config.Rope?.Scaling is not (RopeScalingKind.None or RopeScalingKind.Llama3) ? $"rotary scaling {config.Rope?.Scaling}"
            : null;
        if (reason is not null)
        {
            throw Errors.CannotRun($"{checkpoint.Name}: {reason}", "a Meta checkpoint", "Meta's form has no words for it; write a Hugging Face checkpoint.");
        }
    }

    private IEnumerable<Tensor> Tensors()
    {
        foreach (StoredTensor stored in MetaNames.InOrder(checkpoint.Config))
        {
            Tensor tensor = options.Typed(stored.Roles[0], stored.Join(role => checkpoint.Tensors[role]));
            yield return tensor;

            // Meta stores the head also where it is the embedding: once, under both names.
            if (stored.Roles[0].Kind == RoleKind.FinalNorm && checkpoint.Config.TiedEmbeddings && !options.FollowsReference)
            {
                var embedding = new TensorRole(RoleKind.TokenEmbedding);
                yield return Renamed.Of(options.Typed(embedding, Renamed.Of(checkpoint.Tensors[embedding], MetaNames.Embedding)), MetaNames.Output);
            }
        }

        if (_layout?.Frequencies is { } dtype && checkpoint.Config.Rope is { } rope && DType.TryParse(dtype, out DType? type) && !options.FollowsReference)
        {
            yield return FrequenciesOf(rope, type);
        }
    }

    /// <summary>Whether stored rotary frequencies are those that a configuration gives.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="stored">What a file holds.</param>
    /// <returns>True when they are the bytes that would be written.</returns>
    internal static bool AreFrequenciesOf(ModelConfig config, Tensor stored) =>
        config.Rope is { } rope && stored.DType.HasValues && FrequenciesOf(rope, stored.DType) is var computed && computed.Shape == stored.Shape && TensorComparison.AreEqual(computed, stored);

    private static Tensor FrequenciesOf(RopeConfig rope, DType dtype)
    {
        ImmutableArray<float> values = [.. Enumerable.Range(0, rope.Dimensions / 2).Select(rope.Frequency)];
        return Converted.Of(new Computed(MetaNames.Frequencies, values, "rotary frequencies"), dtype, OverflowRule.Infinity);
    }

    // The least power of two that keeps files below the size; without one as many files as there were.
    private int CountFor(List<Tensor> tensors)
    {
        if (options.MaxShardSize == long.MaxValue)
        {
            return options.FollowsReference ? 1 : Math.Clamp(_layout?.Shards ?? 1, 1, MostShards);
        }

        long all = tensors.Sum(t => t.ByteCount);
        int shards = 1;
        while (shards < MostShards && all / shards > options.MaxShardSize && CanBeShared(tensors, shards * 2))
        {
            shards *= 2;
        }

        return shards;
    }

    private bool CanBeShared(List<Tensor> tensors, int shards) => checkpoint.Config.HeadCount % shards == 0 && tensors.All(t => MetaNames.AxisOf(t.Name) switch
    {
        MetaAxis.Rows => t.Shape.Rows % shards == 0 || t.Name == MetaNames.Output,
        MetaAxis.KeyRows => checkpoint.Config.KeyValueHeadCount % shards == 0 || shards % checkpoint.Config.KeyValueHeadCount == 0,
        MetaAxis.Columns => t.Shape.Columns % shards == 0,
        MetaAxis.RowsOrColumns => !EmbeddingByColumns || t.Shape.Columns % shards == 0,
        _ => true,
    });

    private Tensor ShareOf(Tensor tensor, int index, int shards)
    {
        if (shards == 1)
        {
            return tensor;
        }

        return MetaNames.AxisOf(tensor.Name) switch
        {
            MetaAxis.Rows => Rows(tensor, index, shards),
            MetaAxis.KeyRows when checkpoint.Config.KeyValueHeadCount < shards => Rows(tensor, index * checkpoint.Config.KeyValueHeadCount / shards, checkpoint.Config.KeyValueHeadCount),
            MetaAxis.KeyRows => Rows(tensor, index, shards),
            MetaAxis.Columns => Columns(tensor, index, shards),
            MetaAxis.RowsOrColumns => EmbeddingByColumns ? Columns(tensor, index, shards) : Rows(tensor, index, shards),
            _ => tensor,
        };
    }

    private bool EmbeddingByColumns => _layout?.EmbeddingByColumns ?? checkpoint.Tokenizer?.SentencePiece is not null;

    // What does not divide leaves the last file fewer rows.
    private static Tensor Rows(Tensor tensor, int index, int shards)
    {
        long most = (tensor.Shape.Rows + shards - 1) / shards, start = Math.Min(tensor.Shape.Rows, most * index);
        return SelectedRows.Of(tensor, new RowSlice(start, Math.Min(most, tensor.Shape.Rows - start)));
    }

    private static Tensor Columns(Tensor tensor, int index, int shards) => SelectedColumns.Of(tensor, new RowSlice(tensor.Shape.Columns / shards * index, tensor.Shape.Columns / shards));

    private FilePlan ParamsPlan()
    {
        if (checkpoint.Sidecars.FirstOrDefault(s => s.Name == MetaLayout.Folder + ParamsFile.Name) is { } original)
        {
            ByteSource source = original.Open();
            if (ParamsFile.Read(source.Name, source.ReadBytes(0, checked((int)source.Length))).Describes(checkpoint.Config))
            {
                return FilePlan.CopyOf(ParamsFile.Name, source);
            }
        }

        return FilePlan.Of(ParamsFile.Name, ParamsFile.Write(checkpoint.Config));
    }

    private ByteSource? TokenizerSource() =>
        (checkpoint.Sidecars.FirstOrDefault(s => s.Name == MetaLayout.Folder + SentencePieceFile.FileName) ?? checkpoint.Sidecars.FirstOrDefault(s => s.Name == SentencePieceFile.FileName))?.Open()
        ?? (checkpoint.Tokenizer is { } tokenizer && TiktokenText.Of(tokenizer) is { } written ? new MemorySource(SentencePieceFile.FileName, written) : null);
}

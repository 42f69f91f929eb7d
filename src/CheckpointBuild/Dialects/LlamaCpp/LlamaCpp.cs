using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using CheckpointBuild.Tokenizers;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <summary>llama.cpp's GGUF: one file with configuration, tokenizer and tensors, byte for byte as <c>convert_hf_to_gguf.py</c> writes it.</summary>
internal sealed class LlamaCpp : Dialect
{
    private const string Extension = ".gguf";

    /// <inheritdoc/>
    public override string Name => "gguf";

    /// <inheritdoc/>
    public override bool Recognizes(CheckpointDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        return directory.Files.Any(f => f.EndsWith(Extension, StringComparison.OrdinalIgnoreCase));
    }

    /// <inheritdoc/>
    public override Checkpoint Read(CheckpointDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        string name = FileIn(directory);
        ByteSource source = directory.OpenFile(name);
        TensorFile file = GgufSet.Read(source, part => System.IO.File.Exists(directory.PathOf(part)) ? directory.OpenFile(part) : null);

        string arch = file.Metadata.Get<string>("general.architecture") ?? throw Errors.ConfigFieldMissing(source.Name, "general.architecture");
        ModelFamily family = ModelFamily.FindGguf(arch) ?? throw Errors.UnknownArchitecture(source.Name, arch, ModelFamily.All.Select(f => f.GgufArchitecture).OfType<string>());
        bool tied = !file.Tensors.TryGet(GgufNames.Of(new TensorRole(RoleKind.Output)), out _);
        long rows = file.Tensors.TryGet(GgufNames.Of(new TensorRole(RoleKind.TokenEmbedding)), out Tensor? embedding) ? embedding.Rows : 1;
        ModelConfig config = GgufModelKeys.Read(file.Metadata, arch, source.Name, tied, rows);
        config = RopeFactors.ReadInto(config, file.Tensors);
        if (family.GgufInterleavesRotary && config.Rope.Dimensions != config.HeadDimension)
        {
            throw Errors.ConfigFieldWrong(source.Name, $"{arch}.rope.dimension_count", $"{config.Rope.Dimensions}", $"the head's {config.HeadDimension} dimensions");
        }


        List<Tensor> canonical = [.. file.Tensors.Where(t => t.Name != GgufNames.RopeFrequencies).Select(t => FromGguf(t, family, config)).OrderBy(t => t.Name, StringComparer.Ordinal)];
        bool biased = canonical.Exists(t => t.Name.EndsWith("q_proj.bias", StringComparison.Ordinal));
        (config, RoleTable tensors) = new RoleMapper(family, source.Name, ImmutableArray.CreateBuilder<Diagnostic>()).Map(config with { AttentionBias = biased }, canonical);
        (TokenizerModel? tokenizer, Diagnostic? fault) = ReadTokenizer(file.Metadata, source.Name);
        return new Checkpoint
        {
            Name = System.IO.Path.GetFileNameWithoutExtension(name),
            Dialect = Name,
            Family = family,
            Config = config,
            Tensors = tensors,
            Tokenizer = tokenizer,
            TokenizerFault = fault,
        };
    }

    /// <inheritdoc/>
    public override QuantizationPolicy PolicyFor(Checkpoint checkpoint, DType? dtype, string? quantization)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        if (quantization is not null && dtype is not null)
        {
            throw Errors.OneOfBoth("dtype", dtype.LongName, "quantization", quantization);
        }

        if (quantization is not null)
        {
            return new GgufPolicy(GgufFileType.Find(quantization) ?? throw Errors.UnknownOptionValue("quantization", quantization, "GGUF", GgufFileType.All.Select(t => t.Name)));
        }

        if (dtype is not null)
        {
            return new GgufPolicy(GgufFileType.For(dtype) is { DType.IsFloatingPoint: true } type
                ? type
                : throw Errors.UnknownOptionValue("dtype", dtype.LongName, "GGUF", GgufFileType.All.Where(t => t.DType.IsFloatingPoint).Select(t => t.DType.LongName)));
        }

        // llama.cpp's "auto": the type of the first matrix where it is a 16-bit float, else float16.
        DType first = checkpoint.Tensors.Select(t => t.Value).FirstOrDefault(t => t.Shape.Rank >= 2)?.DType ?? DType.F16;
        return new GgufPolicy(GgufFileType.For(first == DType.BF16 ? DType.BF16 : DType.F16)!);
    }

    /// <inheritdoc/>
    public override DirectoryPlan Plan(Checkpoint checkpoint, PlanOptions options)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(options);
        if (checkpoint.Family.GgufArchitecture is null)
        {
            throw Errors.CannotRun(checkpoint.Family.Architecture, "GGUF", "llama.cpp has no such architecture; build another engine, or keep the Hugging Face form.");
        }

        GgufLimits.Check(checkpoint.Family, checkpoint.Config);
        uint fileType = options.Policy is GgufPolicy policy ? policy.FileType.Number : 0;
        var metadata = new Metadata();
        GgufModelKeys.Write(metadata, checkpoint, fileType);
        ImmutableArray<Diagnostic> warnings = WriteTokenizer(metadata, checkpoint);

        IEnumerable<Tensor> tensors = checkpoint.Tensors.Select(t => ToGguf(t.Key, t.Value, checkpoint));
        var file = new TensorFile(new TensorTable(RopeFactors.Of(checkpoint.Config).Concat(tensors)), metadata);
        return new DirectoryPlan([Format.Gguf.Plan(options.EngineName + Extension, file)], warnings);
    }

    private static ImmutableArray<Diagnostic> WriteTokenizer(Metadata metadata, Checkpoint checkpoint)
    {
        if (checkpoint.Tokenizer is null && checkpoint.TokenizerFault is null)
        {
            metadata.Set(GgufTokenizerTables.Prefix + "model", "none");
            return [Errors.EngineWithoutTokenizer(checkpoint.Name)];
        }

        GgufTokenizerTables.Write(metadata, checkpoint.TokenizerOrThrow(), new GgufVocabularyTarget(checkpoint.Family.Architecture, checkpoint.Config.VocabularySize));
        return [.. GgufEndTokens.Write(metadata, checkpoint.Config)];
    }

    // A tokenizer that is not understood does not keep the weights from being read.
    private static (TokenizerModel? Model, Diagnostic? Fault) ReadTokenizer(Metadata metadata, string file)
    {
        try
        {
            return (GgufTokenizerTables.Read(metadata, file), null);
        }
        catch (CheckpointException e)
        {
            return (null, new Diagnostic(e.Code, e.Message, e.File));
        }
    }

    // Query and key rows are half-split in the canonical arrangement and interleaved in the file, where the architecture's kernels rotate neighbouring pairs; biases follow their rows.
    private static Tensor ToGguf(TensorRole role, Tensor tensor, Checkpoint checkpoint)
    {
        Tensor arranged = HeadRows(role, checkpoint.Family, checkpoint.Config) is int rows
            ? role.Part == TensorPart.Bias
                ? SelectedColumns.Of(tensor, new InterleavedHalves(tensor.Shape.Columns, rows))
                : SelectedRows.Of(tensor, new InterleavedHalves(tensor.Rows, rows))
            : tensor;
        return Renamed.Of(arranged, GgufNames.Of(role));
    }

    private static Tensor FromGguf(Tensor tensor, ModelFamily family, ModelConfig config)
    {
        if (GgufNames.RoleOf(tensor.Name) is not { } role)
        {
            return tensor;
        }

        long count = role.Part == TensorPart.Bias ? tensor.Shape.Columns : tensor.Rows;
        Tensor arranged = HeadRows(role, family, config) is int rows && count % rows == 0
            ? role.Part == TensorPart.Bias
                ? SelectedColumns.Of(tensor, new SplitHalves(count, rows))
                : SelectedRows.Of(tensor, new SplitHalves(count, rows))
            : tensor;
        return Renamed.Of(arranged, family.NameOf(role));
    }

    private static int? HeadRows(TensorRole role, ModelFamily family, ModelConfig config) =>
        family.GgufInterleavesRotary && role.Kind is RoleKind.Query or RoleKind.Key ? config.HeadDimension : null;

    private static string FileIn(CheckpointDirectory directory)
    {
        string[] files = [.. directory.Files.Where(f => f.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) && (f == directory.File || !GgufSet.IsLaterPart(f)))];
        return files.Length == 1 ? files[0] : throw Errors.SeveralEngines(directory.Path, files);
    }
}

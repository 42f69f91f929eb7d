using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Models.Adapters;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tokenizers;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <summary>llama.cpp's GGUF: one file with configuration, tokenizer and tensors, byte for byte as <c>convert_hf_to_gguf.py</c> writes it.</summary>
internal sealed class LlamaCpp : Dialect
{
    private const string Extension = ".gguf";

    /// <inheritdoc/>
    public override string Name => "gguf";

    /// <inheritdoc/>
    internal override bool NamesPreTokenizers => true;

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
        TensorFile file = GgufSet.Read(source, part => directory.CanOpen(part) ? directory.OpenFile(part) : null);

        if (file.Metadata.Get<string>("general.type") == "adapter")
        {
            throw Errors.AdapterAlready(source.Name);
        }

        ModelFamily family = FamilyOf(file, source.Name);

        // Before anything is listed for each layer or expert that a key claims.
        ModelConfig config = GgufModelKeys.Read(file.Metadata, family, source.Name, file.Tensors).Validated(source.Name);
        config = WithBiasesOf(RopeFactors.ReadInto(config, file.Tensors), family, file.Tensors).Validated(source.Name);
        if (family.GgufArchitecture == "llama" && config.Rope is { } rope && rope.Dimensions != config.HeadDimension)
        {
            throw Errors.ConfigFieldWrong(source.Name, "llama.rope.dimension_count", $"{rope.Dimensions}", $"the head's {config.HeadDimension} dimensions");
        }

        Tensor[] weights = [.. file.Tensors.Where(t => !RopeFactors.Are(t.Name))];
        ImmutableArray<Diagnostic>.Builder problems = ImmutableArray.CreateBuilder<Diagnostic>();
        var mapper = new RoleMapper(family, GgufArchitecture.NamingOf(family), source.Name, problems);
        (config, RoleTable tensors) = mapper.Map(config, weights);
        tensors = InOrderOfNames(tensors, family, config);
        (TokenizerModel? tokenizer, Diagnostic? fault) = ReadTokenizer(file.Metadata, source.Name);
        problems.AddRange(GgufSpecialTokens.Outside(file.Metadata, source.Name));
        return new Checkpoint
        {
            Name = GgufSet.ModelOf(name),
            Dialect = Name,
            Family = family,
            Config = config,
            Tensors = tensors,
            Container = new SourceContainer(file.Tensors, [.. file.Metadata], tensors),
            Tokenizer = tokenizer,
            TokenizerFault = fault,
            Problems = problems.DrainToImmutable(),
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
            return new GgufPolicy(GgufFileType.Find(quantization) ?? throw Errors.UnknownOptionValue("quantization", quantization, "GGUF", GgufFileType.All.Select(t => t.Name).Append("copy").Append("auto")));
        }

        if (dtype is not null)
        {
            return new GgufPolicy(GgufFileType.For(dtype) is { DType.IsFloatingPoint: true } type
                ? type
                : throw Errors.UnknownOptionValue("dtype", dtype.LongName, "GGUF", GgufFileType.All.Where(t => t.DType.IsFloatingPoint).Select(t => t.DType.LongName)));
        }

        // A file of this form stays what it is; where a stage changes its tensors, the plan falls back to what a checkpoint becomes.
        return WholeContainer(checkpoint) is not null ? new AsStored(DType.F16) : Automatic(checkpoint);
    }

    // llama.cpp's "auto": the type of the first matrix where it is a 16-bit float, else float16.
    private static GgufPolicy Automatic(Checkpoint checkpoint)
    {
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

        SourceContainer? whole = WholeContainer(checkpoint);
        ImmutableArray<Diagnostic> limits = [.. GgufLimits.Of(checkpoint, options.Gguf.PruneLayers)];
        if (options.Policy is AsStored && whole is not null && !options.Gguf.AsksForQuantizer)
        {
            return new DirectoryPlan(GgufParts.Plan(options.EngineName, new TensorFile(whole.Tensors, MetadataOf(checkpoint, whole, options.PreTokenizer)), options.MaxShardSize), limits);
        }

        options = options.Policy is AsStored ? options with { Policy = whole is not null && !options.Gguf.ChoosesTypes ? new GgufPolicy(GgufFileType.Copy) : Automatic(checkpoint) } : options;

        // Floats and 8-bit blocks the converter makes from a checkpoint, and the quantizer from a file.
        if (options.Policy is not GgufPolicy { FileType: var kind } || !(kind.IsQuantizer || options.Gguf.AsksForQuantizer || whole is not null))
        {
            (TensorFile plain, ImmutableArray<Diagnostic> warnings) = Convert(checkpoint, options);
            return new DirectoryPlan(GgufParts.Plan(options.EngineName, plain, options.MaxShardSize), [.. limits, .. warnings]);
        }

        if (whole is not null)
        {
            RefuseIntermediate(whole, options.Gguf.IntermediateDType);
        }

        // As the reference's two steps do it: a file of floats, and its quantized form; the first is never written.
        DType intermediate = options.Gguf.IntermediateDType ?? (kind.DType.IsFloatingPoint ? kind.DType : DType.F16);
        (TensorFile floats, ImmutableArray<Diagnostic> noticed) = whole is not null
            ? (new TensorFile(whole.Tensors, MetadataOf(checkpoint, whole, options.PreTokenizer)), [])
            : Convert(checkpoint, options with { Policy = new GgufPolicy(GgufFileType.For(intermediate)!) });
        var quantizer = new GgufQuantizer(kind, options.Gguf, options.Overflow, options.FollowsReference);
        TensorFile quantized = quantizer.Quantize(checkpoint.Name, floats);
        return new DirectoryPlan(GgufParts.Plan(options.EngineName, quantized, options.MaxShardSize), [.. limits, .. noticed, .. quantizer.Warnings])
        {
            NoticedInTensors = () => quantizer.NoticedInTensors(checkpoint.Name),
        };
    }

    // A file's floats go into the quantizer as they stand.
    private static void RefuseIntermediate(SourceContainer whole, DType? intermediate)
    {
        DType? floats = whole.Tensors.FirstOrDefault(t => t.Shape.Rank > 1 && t.DType.IsFloatingPoint && t.DType != DType.F32)?.DType ?? whole.Tensors.FirstOrDefault(t => t.Shape.Rank > 1 && t.DType.IsFloatingPoint)?.DType;
        if (intermediate is not null && floats is not null && floats != intermediate)
        {
            throw Errors.UnknownOptionValue("intermediate-dtype", intermediate.LongName, $"a GGUF file of {floats.LongName}", [floats.LongName]);
        }
    }

    // The file that the checkpoint is all of, with its metadata as it stands.
    private static SourceContainer? WholeContainer(Checkpoint checkpoint) => checkpoint.Container is { } container && container.IsWhole(checkpoint) ? container : null;

    private static (TensorFile File, ImmutableArray<Diagnostic> Warnings) Convert(Checkpoint checkpoint, PlanOptions options)
    {
        Tensor[] tensors = [.. RopeFactors.Of(checkpoint.Config), .. GgufTensors.Of(checkpoint, options)];
        var metadata = new Metadata();
        List<Diagnostic> noticed = [];
        GgufModelKeys.Write(metadata, checkpoint, ParameterCount.Of(tensors), options.Policy is GgufPolicy policy ? policy.FileType.Number : 0, noticed.Add);
        return (new TensorFile(new TensorTable(tensors), metadata), [.. noticed, .. WriteTokenizer(metadata, checkpoint, options.PreTokenizer)]);
    }

    private static Metadata MetadataOf(Checkpoint checkpoint, SourceContainer container, string? preTokenizer)
    {
        var metadata = new Metadata();
        foreach ((string key, object value) in container.Metadata)
        {
            metadata.Add(key, value);
        }

        GgufTokenizerTables.RefuseDamaged(metadata, checkpoint);
        if (preTokenizer is not null)
        {
            GgufTokenizerTables.Rename(metadata, preTokenizer);
        }

        return metadata;
    }

    /// <inheritdoc/>
    internal override DirectoryPlan PlanAdapter(Checkpoint checkpoint, Adapter adapter, PlanOptions options)
    {
        List<Diagnostic> noticed = [];
        FilePlan file = GgufAdapter.Plan(checkpoint, adapter, $"{AdapterFolder}/{options.EngineName}{Extension}", options.AdapterDType, noticed.Add);
        return new DirectoryPlan([file], [.. noticed]);
    }

    private static ImmutableArray<Diagnostic> WriteTokenizer(Metadata metadata, Checkpoint checkpoint, string? preTokenizer)
    {
        if (checkpoint.Tokenizer is null && checkpoint.TokenizerFault is null)
        {
            // Without tokens nothing else tells llama.cpp how many there are.
            string rows = $"{GgufArchitecture.Of(checkpoint.Family).Name}.vocab_size";
            if (!metadata.TryGet(rows, out _))
            {
                metadata.Set(rows, (uint)checkpoint.Config.VocabularySize);
            }

            metadata.Set(GgufTokenizerTables.Prefix + "model", "none");
            return [Errors.EngineWithoutTokenizer(checkpoint.Name)];
        }

        TokenizerModel tokenizer = checkpoint.TokenizerOrThrow();
        GgufTokenizerTables.Write(metadata, tokenizer, new GgufVocabularyTarget(checkpoint.Family.Architecture, checkpoint.Config.VocabularySize, preTokenizer));
        ImmutableArray<Diagnostic>.Builder noticed = ImmutableArray.CreateBuilder<Diagnostic>();
        if (preTokenizer is not null && !GgufPreTokenizer.Named(preTokenizer).SplitsLike(tokenizer))
        {
            noticed.Add(Errors.SplitsOtherwise(checkpoint.Name, preTokenizer));
        }

        if (TokenizerKind.Of(tokenizer) is ByteLevelBpe && metadata.Get<string>(GgufTokenizerTables.Prefix + "pre") is { } written && !GgufPreTokenizer.Named(written).MergesLike(tokenizer))
        {
            noticed.Add(Errors.MergesOtherwise(checkpoint.Name, written));
        }

        noticed.AddRange(GgufEndTokens.Write(metadata, checkpoint.Config));
        return noticed.ToImmutable();
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

    private static ModelFamily FamilyOf(TensorFile file, string path)
    {
        string name = file.Metadata.Get<string>("general.architecture") ?? throw Errors.ConfigFieldMissing(path, "general.architecture");
        ModelFamily family = ModelFamily.FindGguf(name) ?? throw Errors.UnknownArchitecture(path, name, ModelFamily.Known.Select(f => f.GgufArchitecture).OfType<string>().Distinct());
        return ModelFamily.FindArchitecture(GgufArchitecture.Of(family).Variants.FirstOrDefault(v => v.Holds(file))?.Architecture) ?? family;
    }

    // No key says where there are biases: the tensors do.
    private static ModelConfig WithBiasesOf(ModelConfig config, ModelFamily family, TensorTable tensors)
    {
        TensorNaming naming = GgufArchitecture.NamingOf(family);
        foreach (BiasSites site in Enum.GetValues<BiasSites>().Where(s => !config.Biases.HasFlag(s)))
        {
            ModelConfig biased = config with { Biases = config.Biases | site };
            if (naming.TensorsOf(biased with { LayerCount = 1 }).Any(t => t.Roles[0].Part == TensorPart.Bias && tensors.TryGet(t.Name, out _) && !config.Has(t.Roles[0])))
            {
                config = biased;
            }
        }

        return config;
    }

    // The canonical order: as Hugging Face's file would have the tensors, by name.
    private static RoleTable InOrderOfNames(RoleTable tensors, ModelFamily family, ModelConfig config) =>
        new(family.Naming.TensorsOf(config).OrderBy(t => t.Name, StringComparer.Ordinal).SelectMany(t => t.Roles).Select(role => KeyValuePair.Create(role, tensors[role])));

    private static string FileIn(CheckpointDirectory directory)
    {
        string[] files = [.. directory.Files.Where(f => f.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) && (f == directory.File || !GgufSet.IsLaterPart(f)))];
        return files.Length == 1 ? files[0] : throw Errors.SeveralEngines(directory.Path, files);
    }
}

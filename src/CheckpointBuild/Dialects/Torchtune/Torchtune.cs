using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects.Adapters;
using CheckpointBuild.Dialects.HuggingFace;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Models.Adapters;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.Torchtune;

/// <summary>torchtune's output folder: weights under its own names in one PyTorch container, Hugging Face's configuration and sidecars beside them.</summary>
internal sealed class Torchtune : Dialect
{
    private const string CurrentFile = "model-00001-of-00001.bin";
    private const string ClassicFile = "torchtune_model_0.pt";
    private const string CurrentFolder = "epoch_0/";
    private const string Index = "model.safetensors.index.json";

    /// <inheritdoc/>
    public override string Name => "torchtune";

    /// <inheritdoc/>
    public override bool Recognizes(CheckpointDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        return TorchtuneFolder.Find(directory) is not null;
    }

    /// <inheritdoc/>
    public override Checkpoint Read(CheckpointDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        TorchtuneFolder place = TorchtuneFolder.Find(directory) ?? throw Errors.NoCheckpoint(directory.Path, [Name]);
        ImmutableArray<Diagnostic>.Builder problems = ImmutableArray.CreateBuilder<Diagnostic>();
        ModelDescription model = ConfigSource.HuggingFace.Read(place.Directory, Name);
        IReadOnlyList<Tensor> weights = place.Read();
        bool isTrained = weights.Any(t => t.Name == TorchtuneNames.Embedding);
        TensorNaming naming = isTrained ? NamingOf(model.Family) : model.Family.Naming;
        var mapper = new RoleMapper(model.Family, naming, place.Directory.Path, problems) { Prefix = isTrained ? "" : model.Family.NamePrefix };
        (ModelConfig config, RoleTable tensors) = mapper.Map(model.Config, weights);
        return new Checkpoint
        {
            Name = directory.Name,
            Dialect = Name,
            Family = model.Family,
            Config = config,
            Tensors = tensors,
            Partition = PartitionIn(place.Directory),
            Tokenizer = model.Tokenizer,
            TokenizerFault = model.TokenizerFault,
            Sidecars = [.. model.Sidecars, .. RecipeIn(directory)],
            SourceConfig = model.SourceConfig,
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
        (string folder, string file) = options.TorchtuneLayout == TorchtuneLayout.Classic ? ("", ClassicFile) : (CurrentFolder, CurrentFile);
        List<Tensor> tensors = [.. TensorsOf(checkpoint, options)];
        ImmutableArray<FilePlan>.Builder files = ImmutableArray.CreateBuilder<FilePlan>();
        files.Add(Format.PyTorch.Plan(folder + file, new TensorFile(new TensorTable(tensors), new Metadata())));

        (IReadOnlyList<FilePlan> companions, ImmutableArray<Diagnostic> warnings) = CompanionFiles.Of(checkpoint, tensors, options);
        files.AddRange(companions.Select(c => c with { Path = folder + c.Path }));
        files.AddRange(checkpoint.Sidecars.Where(s => s.Name == TorchtuneFolder.RecipePlace).Select(s => RecipePlan(folder.Length == 0 ? TorchtuneFolder.RecipeFile : s.Name, s.Open())));
        if (!options.FollowsReference && ShardedWeights.PartitionOf(checkpoint) is { } partition)
        {
            files.Add(FilePlan.Of(folder + Index, ShardedWeights.IndexOf(partition, tensors.Sum(t => t.ByteCount))));
        }

        // torchtune trains one matrix for both.
        bool losesCopy = !options.FollowsReference && checkpoint.Config.TiedEmbeddings && checkpoint.TiedHeadPlace is not null;
        return new DirectoryPlan(files.DrainToImmutable(), losesCopy ? warnings.Add(Errors.TiedHeadOnce(checkpoint.Name)) : warnings);
    }

    /// <inheritdoc/>
    internal override DirectoryPlan PlanAdapter(Checkpoint checkpoint, Adapter adapter, PlanOptions options) => new([.. TorchtuneFiles.Plan(checkpoint, adapter, $"{AdapterFolder}/{options.EngineName}/")], []);

    /// <summary>A checkpoint's tensors under torchtune's names, in the order of the source.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="options">Gives types.</param>
    /// <returns>The tensors.</returns>
    internal static IEnumerable<Tensor> TensorsOf(Checkpoint checkpoint, PlanOptions options)
    {
        Dictionary<TensorRole, StoredTensor> holders = NamingOf(checkpoint.Family).TensorsOf(checkpoint.Config).ToDictionary(t => t.Roles[0]);
        if (checkpoint.Tensors.Select(t => t.Key).FirstOrDefault(role => !holders.ContainsKey(role)) is { } lost && !holders.ContainsKey(lost) && checkpoint.Tensors.TryGet(lost, out _))
        {
            throw Errors.CannotRun($"{checkpoint.Name}: {lost} of {checkpoint.Family.Architecture}", "a torchtune checkpoint", "torchtune has no tensor for it in this architecture; write a Hugging Face checkpoint.");
        }

        return checkpoint.Tensors.Select(t => options.Typed(t.Key, holders[t.Key].Join(role => checkpoint.Tensors[role])));
    }

    // What training needs to go on is of use to nobody else, and goes along to torchtune's form alone.
    private static IEnumerable<Sidecar> RecipeIn(CheckpointDirectory directory) =>
        new[] { TorchtuneFolder.RecipePlace, TorchtuneFolder.RecipeFile }.Where(name => directory.File is null && File.Exists(directory.PathOf(name))).Take(1).Select(name => new Sidecar(TorchtuneFolder.RecipePlace, () => directory.OpenFile(name)));

    // Whoever resumes from it runs its program: it goes along when nothing in it is refused.
    private static FilePlan RecipePlan(string path, ByteSource source) =>
        PyTorchFile.Read(source).Root is PickleDictionary ? FilePlan.CopyOf(path, source) : throw Errors.TuneRecipeBroken(source.Name, "its root is no dictionary");

    private static TensorNaming NamingOf(ModelFamily family) => TorchtuneNames.Of(family)
        ?? throw Errors.CannotRun(family.Architecture, "a torchtune checkpoint", $"torchtune trains {string.Join(", ", TorchtuneNames.Architectures)}; write a Hugging Face checkpoint.");

    private static ImmutableDictionary<string, string>? PartitionIn(CheckpointDirectory directory) =>
        File.Exists(directory.PathOf(Index)) ? WeightFiles.ReadIndex(directory.PathOf(Index), directory.ReadAll(Index)).ToImmutableDictionary(StringComparer.Ordinal) : null;
}

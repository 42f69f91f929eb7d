using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Dialects.Torchtune;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Building.Torchtune;

/// <summary>What a training loop calls to load a model and save its checkpoints, in torchtune's terms: a state is a dictionary of <c>model</c>, <c>adapter</c> and whatever else training needs, with tensors under torchtune's names.
/// What is saved has the keys of what was loaded, in as many files, each key in the file of its number.</summary>
public sealed class Checkpointer : IDisposable
{
    internal const string ModelKey = "model";
    internal const string AdapterKey = "adapter";
    internal const string AdapterConfigKey = "adapter_config";
    private const string AdapterFile = "adapter_model.pt";
    private readonly CheckpointerOptions _options;
    private readonly List<IDisposable> _open = [];
    private CheckpointerWeights? _weights;

    /// <summary>Prepares to load and save; nothing is read yet.</summary>
    /// <param name="options">Where from, where to.</param>
    /// <exception cref="CheckpointException">What is wrong with the choices: CKPT2156 the number of files, CKPT2157 their ending, CKPT4151 an output below the source, CKPT1001 a folder that is not there.</exception>
    public Checkpointer(CheckpointerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        if (!Directory.Exists(options.CheckpointDirectory))
        {
            throw Errors.FileNotFound(Path.GetFullPath(options.CheckpointDirectory));
        }

        TuneModelTypes.Check(options.ModelType);
        if (options.Kind != CheckpointerKind.HuggingFace && options.CheckpointFiles.Length != 1)
        {
            throw Errors.TuneFileCount(options.CheckpointDirectory, options.CheckpointFiles.Length);
        }

        bool isClassic = options.Layout == TorchtuneLayout.Classic;
        if (isClassic && options.Kind == CheckpointerKind.Torchtune && options.CheckpointFiles[0] is var only && !only.EndsWith(".pt", StringComparison.Ordinal))
        {
            throw Errors.TuneSuffix(only, ".pt");
        }

        if (!isClassic && IsWithin(options.OutputDirectory, options.CheckpointDirectory))
        {
            throw Errors.OutputInsideSource(Path.GetFullPath(options.OutputDirectory), Path.GetFullPath(options.CheckpointDirectory));
        }
    }

    /// <summary>Loads a model, and on resume what goes with it.</summary>
    /// <returns>The state: <c>model</c>, <c>adapter</c> where there is one, and the keys of the recipe's state. Its tensors are read from the files when their rows are asked for; keep the checkpointer until then. A state that was loaded before stays readable too.</returns>
    /// <exception cref="CheckpointException">CKPT2155 a value that is no tensor, CKPT2158 no recipe state to resume from, CKPT2159 a recipe state that is none, CKPT1001 a file that is not there.</exception>
    public PickleDictionary Load()
    {
        string? adapter = AdapterPath();
        CheckpointerWeights weights = CheckpointerWeights.Open(_options, ModelFolder(adapter));
        if (_weights is not null)
        {
            _open.Add(_weights);
        }

        _weights = weights;
        var state = new PickleDictionary(PickleDictionaryKind.Dictionary).Set(ModelKey, _weights.ToTorchtune());
        if (adapter is not null)
        {
            state.Set(AdapterKey, ReadDictionary(adapter));
        }

        return _options.ResumeFromCheckpoint ? WithRecipe(state) : state;
    }

    /// <summary>Saves a state.</summary>
    /// <param name="state">With <c>model</c> under torchtune's names, <c>adapter</c> and <c>adapter_config</c> where there is one, and what training needs to go on; it is left as it is.</param>
    /// <param name="epoch">From 0.</param>
    /// <param name="kind">What is saved.</param>
    /// <exception cref="CheckpointException">CKPT4152 an adapter that is asked for and not there, CKPT4153 a tensor that was in no file, CKPT4154 one of a file that is not there, CKPT4156, CKPT4157 and CKPT4159 an adapter that PEFT has no form for, CKPT4158 when Hugging Face's files are saved and nothing was loaded.</exception>
    public void Save(PickleDictionary state, int epoch, SaveKind kind)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        bool withoutModel = kind is SaveKind.AdapterOnly or SaveKind.IntermediateAdapterOnly;
        PickleDictionary? adapter = DictionaryOf(state, AdapterKey, found => Errors.TuneNotTensor(_options.OutputDirectory, AdapterKey, found));
        PickleDictionary? config = _options.Layout == TorchtuneLayout.Classic ? null : DictionaryOf(state, AdapterConfigKey, found => Errors.TuneAdapterConfig(_options.OutputDirectory, $"it is a {found}"));
        if (withoutModel && adapter is null)
        {
            throw Errors.TuneAdapterNotInState(_options.OutputDirectory);
        }

        var place = new CheckpointerPlace(_options, epoch);
        var files = new List<FilePlan>();
        if (!withoutModel)
        {
            PickleDictionary model = state.TryGet(ModelKey, out PickleDictionary? weights) ? weights : throw Errors.NotTensors(_options.OutputDirectory, "the state to save", "without 'model'");
            files.AddRange(Weights.Plan(model, place));
        }

        if (adapter is not null)
        {
            files.Add(PyTorchZipWriter.Plan(place.Adapter, adapter, PyTorchRecords.Full));
        }

        files.AddRange(new CheckpointerAdapter(_options, Weights, place).Plan(adapter, config));

        if (kind is SaveKind.Intermediate or SaveKind.IntermediateAdapterOnly)
        {
            files.Add(PyTorchZipWriter.Plan(_options.Layout == TorchtuneLayout.Classic ? TorchtuneFolder.RecipeFile : TorchtuneFolder.RecipePlace, RecipeOf(state), PyTorchRecords.Full));
        }

        using var companions = new CheckpointerCompanions(_options, place);
        files.AddRange(companions.Plan());
        companions.MakeFolders();
        new Builder(new BuilderOptions()).Build(new DirectoryPlan([.. files.DistinctBy(f => f.Path, StringComparer.Ordinal)], []), _options.OutputDirectory, CancellationToken.None);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _weights?.Dispose();
        _open.ForEach(f => f.Dispose());
    }

    // What stands under the key and is something else would not be saved, and nobody would notice.
    private static PickleDictionary? DictionaryOf(PickleDictionary state, string key, Func<string, CheckpointException> refusal) =>
        !state.TryGet(key, out object? found) || found is null ? null : found as PickleDictionary ?? throw refusal(found.GetType().Name);

    private CheckpointerWeights Weights => _weights
        ?? (_options.Kind == CheckpointerKind.HuggingFace ? throw Errors.TuneNotLoaded(_options.OutputDirectory) : CheckpointerWeights.Empty(_options));

    // Without an adapter the model itself was trained, and lies in the output; with one it is the one that training began with.
    private string ModelFolder(string? adapter) =>
        _options.Layout == TorchtuneLayout.Current && _options.ResumeFromCheckpoint && adapter is null ? _options.OutputDirectory : _options.CheckpointDirectory;

    private string? AdapterPath()
    {
        if (_options.Layout == TorchtuneLayout.Classic)
        {
            return _options.AdapterCheckpoint is { } named ? Existing(Path.Combine(_options.CheckpointDirectory, named)) : null;
        }

        if (!_options.ResumeFromCheckpoint)
        {
            return null;
        }

        if (_options.AdapterCheckpoint is { } name)
        {
            return name.EndsWith(".pt", StringComparison.Ordinal) ? Existing(Path.Combine(_options.OutputDirectory, name)) : throw Errors.TuneSuffix(name, ".pt");
        }

        string? epoch = Directory.Exists(_options.OutputDirectory) ? TorchtuneFolder.NewestEpoch(_options.OutputDirectory) : null;
        string path = Path.Combine(_options.OutputDirectory, epoch ?? "", AdapterFile);
        return epoch is not null && File.Exists(path) ? path : null;
    }

    private PickleDictionary WithRecipe(PickleDictionary state)
    {
        PickleDictionary recipe = ReadDictionary(RecipePath());
        if (_options.Compatibility == Compatibility.Safe)
        {
            RecipeCounts.Check(RecipePath(), recipe);
        }

        foreach ((object? key, object? value) in recipe)
        {
            state = key is ModelKey or AdapterKey && _options.Compatibility == Compatibility.Safe ? throw Errors.TuneRecipeBroken(RecipePath(), $"it holds the key '{key}', which would take the place of what was loaded") : state.Set(key, value);
        }

        return state;
    }

    private string RecipePath()
    {
        if (_options.Layout == TorchtuneLayout.Classic)
        {
            return _options.RecipeCheckpoint is { } named ? Existing(Path.Combine(_options.CheckpointDirectory, named)) : throw Errors.TuneRecipeMissing(_options.CheckpointDirectory);
        }

        string path = Path.Combine(_options.OutputDirectory, _options.RecipeCheckpoint ?? TorchtuneFolder.RecipePlace);
        return File.Exists(path) || _options.RecipeCheckpoint is not null ? Existing(path) : throw Errors.TuneRecipeMissing(path);
    }

    private static string Existing(string path) => File.Exists(path) ? path : throw Errors.FileNotFound(Path.GetFullPath(path));

    private PickleDictionary ReadDictionary(string path)
    {
        var source = new FileSource(path);
        _open.Add(source);
        return PyTorchFile.Read(source).Root as PickleDictionary ?? throw Errors.TuneRecipeBroken(path, "its root is no dictionary");
    }

    // The first release knew no configuration of an adapter: whatever has that name there is the recipe's own.
    private PickleDictionary RecipeOf(PickleDictionary state)
    {
        var recipe = new PickleDictionary(PickleDictionaryKind.Dictionary);
        foreach ((object? key, object? value) in state.Where(p => p.Key is not (ModelKey or AdapterKey) && (p.Key is not AdapterConfigKey || _options.Layout == TorchtuneLayout.Classic)))
        {
            recipe.Set(key, value);
        }

        return recipe;
    }

    private static bool IsWithin(string path, string folder) =>
        (RealPath.Of(path) + Path.DirectorySeparatorChar).StartsWith(RealPath.Of(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Building.Torchtune;

/// <summary>The weights that a checkpointer loaded, and the way back from torchtune's names to their files.</summary>
internal sealed class CheckpointerWeights : IDisposable
{
    private readonly CheckpointerOptions _options;
    private readonly CheckpointDirectory? _config;
    private readonly CheckpointDirectory? _files;
    private readonly List<Tensor> _tensors = [];
    private readonly Dictionary<string, int> _fileOf = new(StringComparer.Ordinal);

    private CheckpointerWeights(CheckpointerOptions options)
    {
        _options = options;
        Conversion = options.Kind == CheckpointerKind.Meta ? new MetaConversion(options.OutputDirectory) : new KeptNames();
    }

    private CheckpointerWeights(CheckpointerOptions options, string folder)
    {
        _options = options;
        _config = CheckpointDirectory.Open(options.CheckpointDirectory);
        _files = CheckpointDirectory.Open(folder);
        foreach ((string file, int number) in options.CheckpointFiles.Order(StringComparer.Ordinal).Select((f, i) => (f, i + 1)))
        {
            foreach (Tensor tensor in ReadFile(file))
            {
                Add(tensor, number, file);
            }
        }

        (Conversion, Architecture) = options.Kind switch
        {
            CheckpointerKind.HuggingFace => TuneModelTypes.ConversionOf(_config, options, _fileOf.Keys.ToHashSet(StringComparer.Ordinal)),
            CheckpointerKind.Meta => (new MetaConversion(_files.Path), null),
            _ => ((TuneConversion)new KeptNames(), (string?)null),
        };
    }

    /// <summary>The way from the files' names to torchtune's and back.</summary>
    public TuneConversion Conversion { get; }

    /// <summary>What the model is, in Hugging Face's words; null where no configuration says it.</summary>
    public string? Architecture { get; }

    /// <summary>Weights of which nothing was loaded; enough to save what keeps its names.</summary>
    /// <param name="options">Whose files they will be.</param>
    /// <returns>The weights.</returns>
    public static CheckpointerWeights Empty(CheckpointerOptions options) => new(options);

    /// <summary>Opens the files.</summary>
    /// <param name="options">Which, and where their configuration lies.</param>
    /// <param name="folder">The folder of the files.</param>
    /// <returns>The weights.</returns>
    public static CheckpointerWeights Open(CheckpointerOptions options, string folder) => new(options, folder);

    /// <summary>The tensors under torchtune's names, in the order of the files.</summary>
    /// <returns>A dictionary of tensors.</returns>
    public PickleDictionary ToTorchtune()
    {
        var state = new PickleDictionary(PickleDictionaryKind.Dictionary);
        foreach (Tensor tensor in Conversion.ToTorchtune(_tensors))
        {
            state.Set(tensor.Name, tensor);
        }

        return state;
    }

    /// <summary>Lays out the files of a model.</summary>
    /// <param name="model">Tensors under torchtune's names.</param>
    /// <param name="place">The epoch's names.</param>
    /// <returns>The files.</returns>
    public IEnumerable<FilePlan> Plan(PickleDictionary model, CheckpointerPlace place)
    {
        List<Tensor> state = [.. model.Select(p => p is { Key: string name, Value: Tensor tensor } ? Renamed.Of(tensor, name) : throw Errors.TuneNotTensor(_options.OutputDirectory, Convert.ToString(p.Key, CultureInfo.InvariantCulture) ?? "None", p.Value?.GetType().Name ?? "None"))];
        IReadOnlyList<Tensor> tensors = WithCarried(Conversion.FromTorchtune(state, _options.OutputDirectory));
        return _options.Kind == CheckpointerKind.HuggingFace ? PlanParts(tensors, place) : [Format.PyTorch.Plan(place.Single, new TensorFile(new TensorTable(tensors), new Metadata()))];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _config?.Dispose();
        _files?.Dispose();
    }

    // By the reference, the later file wins without a word.
    private void Add(Tensor tensor, int number, string file)
    {
        if (!_fileOf.TryAdd(tensor.Name, number))
        {
            _fileOf[tensor.Name] = _options.Compatibility == Compatibility.Reference ? number : throw Errors.DuplicateTensor(_files!.PathOf(file), tensor.Name);
            _tensors.RemoveAll(t => t.Name == tensor.Name);
        }

        _tensors.Add(tensor);
    }

    private IEnumerable<Tensor> ReadFile(string name)
    {
        if (!File.Exists(_files!.PathOf(name)))
        {
            throw Errors.FileNotFound(_files.PathOf(name));
        }

        ByteSource source = _files.OpenFile(name);
        Format format = Format.Detect(source);
        if (format == Format.Safetensors)
        {
            return format.Read(source).Tensors.OrderBy(t => t.Name, StringComparer.Ordinal);
        }

        PickleDictionary root = PyTorchFile.Read(source).Root as PickleDictionary ?? throw Errors.NotTensors(source.Name, "its root", "no dictionary");
        foreach ((object? key, object? value) in root)
        {
            if (key is not string || value is not Tensor)
            {
                throw Errors.TuneNotTensor(source.Name, Convert.ToString(key, CultureInfo.InvariantCulture) ?? "None", value?.GetType().Name ?? "None");
            }
        }

        return root.Select(p => p.Value).Cast<Tensor>();
    }

    // What torchtune has no place for was never in the state: it comes back from the files. What was in the state and is no more would be lost.
    private IReadOnlyList<Tensor> WithCarried(IReadOnlyList<Tensor> tensors)
    {
        if (_options.Compatibility == Compatibility.Reference || _options.Kind == CheckpointerKind.Torchtune)
        {
            return tensors;
        }

        HashSet<string> saved = [.. tensors.Select(t => t.Name)];
        List<Tensor> absent = [.. _tensors.Where(t => !saved.Contains(t.Name))];
        return absent.Find(t => !Conversion.LeavesOut(t.Name)) is { } lost ? throw Errors.TuneTensorMissing(_options.OutputDirectory, lost.Name) : [.. tensors, .. absent];
    }

    private IEnumerable<FilePlan> PlanParts(IReadOnlyList<Tensor> tensors, CheckpointerPlace place)
    {
        ILookup<int, Tensor> parts = tensors.ToLookup(t => _fileOf.TryGetValue(t.Name, out int file) ? file : throw Errors.TuneUnknownTensor(_options.OutputDirectory, t.Name));
        int count = _options.CheckpointFiles.Length;
        foreach (int number in Enumerable.Range(1, count))
        {
            string path = place.Part(number, count);
            yield return parts[number].Any() || place.IsClassic
                ? place.Weights(path, parts[number].OrderBy(t => t.Name, StringComparer.Ordinal))
                : throw Errors.TuneFileEmpty(_options.OutputDirectory, path);
        }

        if (!place.IsClassic)
        {
            yield return FilePlan.Of(place.Index, IndexOf(tensors, place));
        }
    }

    // The reference lists what was loaded, also what it does not write.
    private string IndexOf(IReadOnlyList<Tensor> tensors, CheckpointerPlace place)
    {
        var map = new JsonObject();
        foreach (string name in _options.Compatibility == Compatibility.Reference ? _tensors.Select(t => t.Name) : tensors.Select(t => t.Name).Order(StringComparer.Ordinal))
        {
            map[name] = Path.GetFileName(place.Part(_fileOf[name], _options.CheckpointFiles.Length));
        }

        return new JsonObject { ["metadata"] = new JsonObject { ["total_size"] = tensors.Sum(t => t.ByteCount) }, ["weight_map"] = map }.ToJsonString(new() { WriteIndented = true, NewLine = "\n" }) + "\n";
    }
}

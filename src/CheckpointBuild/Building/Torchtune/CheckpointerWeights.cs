using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Dialects.Torchtune;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Building.Torchtune;

/// <summary>The weights that a checkpointer loaded, and the way back from torchtune's names to their files.</summary>
internal sealed class CheckpointerWeights : IDisposable
{
    private const string HuggingFaceIndex = "model.safetensors.index.json";
    private readonly CheckpointerKind _kind;
    private readonly CheckpointDirectory? _config;
    private readonly CheckpointDirectory? _files;
    private readonly List<Tensor> _tensors = [];
    private readonly Dictionary<string, int> _fileOf = new(StringComparer.Ordinal);
    private readonly int _fileCount;
    private readonly ModelDescription? _model;
    private readonly bool _isTied;

    private CheckpointerWeights(CheckpointerKind kind) => _kind = kind;

    private CheckpointerWeights(CheckpointerKind kind, string source, string folder, ImmutableArray<string> files)
    {
        _kind = kind;
        _config = CheckpointDirectory.Open(source);
        _files = CheckpointDirectory.Open(folder);
        _fileCount = files.Length;
        foreach ((string file, int number) in files.Order(StringComparer.Ordinal).Select((f, i) => (f, i + 1)))
        {
            foreach (Tensor tensor in ReadFile(file))
            {
                _tensors.Add(_fileOf.TryAdd(tensor.Name, number) ? tensor : throw Errors.DuplicateTensor(_files.PathOf(file), tensor.Name));
            }
        }

        _model = kind == CheckpointerKind.HuggingFace ? ConfigSource.HuggingFace.Read(_config, "huggingface") : null;
        _isTied = kind == CheckpointerKind.Meta && _tensors.Find(t => t.Name == MetaTuneNames.Output) is { } output && _tensors.Find(t => t.Name == MetaTuneNames.Embedding) is { } embedding && TensorComparison.AreEqual(output, embedding);
    }

    /// <summary>Weights of which nothing was loaded; enough to save what keeps its names.</summary>
    /// <param name="kind">Whose files they will be.</param>
    /// <returns>The weights.</returns>
    public static CheckpointerWeights Empty(CheckpointerKind kind) => new(kind);

    /// <summary>Opens the files.</summary>
    /// <param name="kind">Whose they are.</param>
    /// <param name="source">The folder of the configuration.</param>
    /// <param name="folder">The folder of the files.</param>
    /// <param name="files">Their names.</param>
    /// <returns>The weights.</returns>
    public static CheckpointerWeights Open(CheckpointerKind kind, string source, string folder, ImmutableArray<string> files) => new(kind, source, folder, files);

    /// <summary>The tensors under torchtune's names, in the order of the files.</summary>
    /// <returns>A dictionary of tensors.</returns>
    public PickleDictionary ToTorchtune()
    {
        var state = new PickleDictionary(PickleDictionaryKind.Dictionary);
        foreach (Tensor tensor in _kind switch
        {
            CheckpointerKind.HuggingFace => FromHuggingFace(),
            CheckpointerKind.Meta => _tensors.Where(t => t.Name != MetaTuneNames.Frequencies && !(_isTied && t.Name == MetaTuneNames.Output)).Select(t => Renamed.Of(t, MetaTuneNames.ToTorchtune(t.Name) ?? throw Errors.TensorUnknown(_files!.Path, [t.Name], "Meta's Llama"))),
            _ => _tensors,
        })
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
        List<Tensor> tensors = [.. model.Select(p => p is { Key: string name, Value: Tensor tensor } ? Renamed.Of(tensor, name) : throw Errors.TuneNotTensor(place.Options.OutputDirectory, Convert.ToString(p.Key, CultureInfo.InvariantCulture) ?? "None", p.Value?.GetType().Name ?? "None"))];
        return _kind switch
        {
            CheckpointerKind.HuggingFace => PlanHuggingFace(ToHuggingFace(tensors, place), place),
            CheckpointerKind.Meta => [PlanSingle(WithHead([.. tensors.Select(t => Renamed.Of(t, MetaTuneNames.ToMeta(t.Name) ?? throw Errors.TuneUnknownTensor(place.Options.OutputDirectory, t.Name)))]), place)],
            _ => [PlanSingle(tensors, place)],
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _config?.Dispose();
        _files?.Dispose();
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

    private IEnumerable<Tensor> FromHuggingFace()
    {
        var mapper = new RoleMapper(_model!.Family, _model.Family.Naming, _config!.Path, ImmutableArray.CreateBuilder<Diagnostic>()) { Prefix = _model.Family.NamePrefix };
        (ModelConfig config, RoleTable tensors) = mapper.Map(_model.Config, _tensors);
        return Dialects.Torchtune.Torchtune.TensorsOf(Describe(config, tensors), Unchanged);
    }

    private List<Tensor> ToHuggingFace(List<Tensor> tensors, CheckpointerPlace place)
    {
        TensorNaming naming = TorchtuneNames.Of(_model!.Family) ?? throw Errors.CannotRun(_model.Family.Architecture, "a torchtune checkpoint", "torchtune does not train it.");
        var mapper = new RoleMapper(_model.Family, naming, place.Options.OutputDirectory, ImmutableArray.CreateBuilder<Diagnostic>());
        (ModelConfig config, RoleTable roles) = mapper.Map(_model.Config, tensors);
        return [.. _model.Family.Naming.TensorsOf(config).Select(t => t.Join(role => roles[role]))];
    }

    private IEnumerable<FilePlan> PlanHuggingFace(List<Tensor> tensors, CheckpointerPlace place)
    {
        ILookup<int, Tensor> parts = tensors.ToLookup(t => _fileOf.TryGetValue(t.Name, out int file) ? file : throw Errors.TuneUnknownTensor(place.Options.OutputDirectory, t.Name));
        foreach (int number in Enumerable.Range(1, _fileCount))
        {
            string path = place.Part(number, _fileCount);
            var file = new TensorFile(new TensorTable(parts[number].OrderBy(t => t.Name, StringComparer.Ordinal)), place.IsClassic ? new Metadata() : new Metadata().Add("format", "pt"));
            yield return place.IsClassic ? Format.PyTorch.Plan(path, file) : Format.Safetensors.Plan(path, file);
        }

        if (!place.IsClassic)
        {
            yield return FilePlan.Of(place.Folder + HuggingFaceIndex, IndexOf(tensors, place));
        }
    }

    private string IndexOf(List<Tensor> tensors, CheckpointerPlace place)
    {
        var map = new JsonObject();
        foreach (Tensor tensor in tensors.OrderBy(t => t.Name, StringComparer.Ordinal))
        {
            map[tensor.Name] = Path.GetFileName(place.Part(_fileOf[tensor.Name], _fileCount));
        }

        return new JsonObject { ["metadata"] = new JsonObject { ["total_size"] = tensors.Sum(t => t.ByteCount) }, ["weight_map"] = map }.ToJsonString(new() { WriteIndented = true }) + "\n";
    }

    private List<Tensor> WithHead(List<Tensor> tensors)
    {
        if (_isTied && !tensors.Exists(t => t.Name == MetaTuneNames.Output) && tensors.Find(t => t.Name == MetaTuneNames.Embedding) is { } embedding)
        {
            tensors.Add(Renamed.Of(embedding, MetaTuneNames.Output));
        }

        return tensors;
    }

    private static FilePlan PlanSingle(IEnumerable<Tensor> tensors, CheckpointerPlace place) => Format.PyTorch.Plan(place.Single, new TensorFile(new TensorTable(tensors), new Metadata()));

    private static PlanOptions Unchanged => new() { EngineName = "", Policy = new AsStored(DType.F32) };

    private Checkpoint Describe(ModelConfig config, RoleTable tensors) => new() { Name = _config!.Name, Dialect = "huggingface", Family = _model!.Family, Config = config, Tensors = tensors };
}

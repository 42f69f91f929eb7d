using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using CheckpointBuild.Building.Torchtune;
using CheckpointBuild.Dialects;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tests.Formats;
using CheckpointBuild.Tests.Infrastructure;

namespace CheckpointBuild.Tests.PyTorch;

/// <summary>A folder of each kind that loads, to be spoilt: <c>tune</c>, <c>meta</c>, and <c>hf</c> in two files.</summary>
internal sealed class TorchtuneStage : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly TorchtuneLayout _layout;

    /// <summary>Sets it up.</summary>
    /// <param name="layout">Whose release it is.</param>
    public TorchtuneStage(TorchtuneLayout layout)
    {
        _layout = layout;
        Directory.CreateDirectory(Path("tune"));
        Directory.CreateDirectory(Path("meta"));
        Write("tune/model.pt", Dictionary(("tok_embeddings.weight", 2), ("norm.scale", 1), ("any.key", 1)));
        Write("tune/adapter.pt", Dictionary(("q.lora_a.weight", 2)));
        Write("tune/recipe.pt", new PickleDictionary(PickleDictionaryKind.Dictionary).Set("seed", 1L));
        Write("meta/model.pth", Dictionary(("tok_embeddings.weight", 2), ("norm.weight", 1), ("output.weight", 2)));
        new TinyLlama { Tied = false, MaxShardSize = 60_000 }.Write(Path("hf"));
    }

    /// <summary>A state to save: the model of nothing that was loaded.</summary>
    public PickleDictionary Some => State(Dictionary(("any.key", 1)));

    /// <summary>Where a file lies.</summary>
    /// <param name="relative">Below the stage.</param>
    /// <returns>Its path.</returns>
    public string Path(string relative) => _scratch.PathOf(relative);

    /// <summary>The choices that load a kind's folder.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns>The choices.</returns>
    public CheckpointerOptions Of(CheckpointerKind kind)
    {
        string folder = kind switch { CheckpointerKind.Torchtune => "tune", CheckpointerKind.Meta => "meta", _ => "hf" };
        string[] files = kind switch { CheckpointerKind.Torchtune => ["model.pt"], CheckpointerKind.Meta => ["model.pth"], _ => [.. Directory.GetFiles(Path("hf"), "*.safetensors").Select(f => System.IO.Path.GetFileName(f)).Order(StringComparer.Ordinal)] };
        return new CheckpointerOptions { Kind = kind, CheckpointDirectory = Path(folder), CheckpointFiles = [.. files], OutputDirectory = Path("out"), Layout = _layout };
    }

    /// <summary>Writes a PyTorch file.</summary>
    /// <param name="relative">Where.</param>
    /// <param name="root">What.</param>
    public void Write(string relative, PickleDictionary root) => File.WriteAllBytes(Path(relative), PlanBytes.Of(PyTorchZipWriter.Plan("a.pt", root, PyTorchRecords.Full)));

    /// <summary>Changes the configuration of the Hugging Face folder.</summary>
    /// <param name="change">The change.</param>
    public void Configure(Action<JsonObject> change)
    {
        JsonObject config = JsonNode.Parse(File.ReadAllText(Path("hf/config.json")))!.AsObject();
        change(config);
        File.WriteAllText(Path("hf/config.json"), config.ToJsonString());
    }

    /// <summary>Loads.</summary>
    /// <param name="options">The choices.</param>
    /// <returns>The state.</returns>
    public static PickleDictionary Load(CheckpointerOptions options)
    {
        using var checkpointer = new Checkpointer(options);
        return checkpointer.Load();
    }

    /// <summary>Loads, changes the model, and saves.</summary>
    /// <param name="options">The choices.</param>
    /// <param name="change">The change.</param>
    /// <param name="kind">What is saved.</param>
    public static void Save(CheckpointerOptions options, Action<PickleDictionary, PickleDictionary> change, SaveKind kind = SaveKind.Final)
    {
        using var checkpointer = new Checkpointer(options);
        PickleDictionary state = checkpointer.Load();
        change(state, state.TryGet("model", out PickleDictionary? model) ? model : throw new InvalidOperationException("no model"));
        checkpointer.Save(state, 0, kind);
    }

    /// <summary>A state of a model.</summary>
    /// <param name="model">The model.</param>
    /// <returns>The state.</returns>
    public static PickleDictionary State(PickleDictionary model) => new PickleDictionary(PickleDictionaryKind.Dictionary).Set("model", model);

    /// <summary>Small tensors.</summary>
    /// <param name="tensors">Name and dimensions of each.</param>
    /// <returns>A dictionary.</returns>
    public static PickleDictionary Dictionary(params (string Name, int Rank)[] tensors)
    {
        var made = new PickleDictionary(PickleDictionaryKind.Dictionary);
        foreach ((string name, int rank) in tensors)
        {
            made.Set(name, FormatSamples.Random(name, DType.F32, rank == 1 ? new Shape(4) : new Shape(3, 4)));
        }

        return made;
    }

    /// <inheritdoc/>
    public void Dispose() => _scratch.Dispose();
}

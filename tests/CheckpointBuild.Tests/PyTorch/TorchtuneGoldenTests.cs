using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using CheckpointBuild.Building;
using CheckpointBuild.Building.Torchtune;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Dialects.Torchtune;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Tests.Golden;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Tool;
using Xunit;

namespace CheckpointBuild.Tests.PyTorch;

/// <summary>The golden topic <c>torchtune</c>: what its checkpointers of two releases load and save.</summary>
public sealed partial class TorchtuneGoldenTests
{
    private const string Current = "v0.6.1/";
    private const string Classic = "v0.1.1/";
    private static readonly GoldenTopic Topic = GoldenRoot.Topic("torchtune");

    public static TheoryData<string> Families => Topic.Cases(t => Trained(t, Current + "family-"));

    public static TheoryData<string> Models => Topic.Cases(Called);

    public static TheoryData<string> ClassicModels => Topic.Cases(t => Trained(t, Classic + "hf-"));

    public static TheoryData<string> MetaModels => Topic.Cases(t => new[] { Current, Classic }.SelectMany(v => Cases(t, v + "meta-")).Where(c => !GoldenRoot.Topic($"meta/{NameOf(c)[5..]}/meta-1").IsAbsent));

    [Fact]
    public void Index_names_cases_that_are_there()
    {
        foreach (string index in Topic.Files("index.json", SearchOption.AllDirectories))
        {
            Findings.None(Topic.ReadJson(index).EnumerateObject().Select(c => c.Name).Where(c => !Topic.Has($"{Path.GetDirectoryName(index)}/{c}.json")));
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public async Task Convert_gives_torchtune_s_tensors_and_comes_back_file_by_file(string name)
    {
        if (Topic.SaysAbsent(name))
        {
            return;
        }

        using var scratch = new Scratch();
        string source = Topic.Reach(InputOf(name));
        foreach (string layout in (string[])["current", "classic"])
        {
            await Ckpt.DoneAsync("convert", source, "--to", "torchtune", "--torchtune-layout", layout, "--output", scratch.PathOf(layout));
            string file = scratch.PathOf(layout == "current" ? "current/epoch_0/model-00001-of-00001.bin" : "classic/torchtune_model_0.pt");
            Assert.Equal(TorchtuneTree.Listed(Topic.ReadJson(name).GetProperty("tune")), TorchtuneTree.OfFile(file));

            await Ckpt.DoneAsync("convert", scratch.PathOf(layout), "--to", "huggingface", "--output", scratch.PathOf(layout + "-hf"));
            Assert.Equal(Partition(source), Partition(scratch.PathOf(layout + "-hf")));
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Checkpointer_loads_and_saves_what_torchtune_does_today(string name)
    {
        if (Topic.SaysAbsent(name))
        {
            return;
        }

        using var scratch = new Scratch();
        JsonElement json = Topic.ReadJson(name);
        using var checkpointer = new Checkpointer(OptionsOf(json, scratch) with { Compatibility = Compatibility.Reference });
        PickleDictionary state = checkpointer.Load();
        Assert.Equal(TorchtuneTree.Listed(json.GetProperty("tune")), TorchtuneTree.Of(Model(state)));

        if (json.TryGetProperty("saveError", out _))
        {
            Assert.Throws<CheckpointException>(() => checkpointer.Save(state, 0, SaveKind.Final));
            return;
        }

        checkpointer.Save(state, 0, SaveKind.Final);
        IEnumerable<JsonElement> output = json.GetProperty("output").EnumerateArray();
        bool isOfTopic = json.GetProperty("call").GetProperty("checkpoint_dir").GetString()!.StartsWith("<inputs>", StringComparison.Ordinal);
        Findings.None(TorchtuneTree.Differences(scratch.Folder, output.Where(o => isOfTopic || o.TryGetProperty("tensors", out _))).Where(d => isOfTopic || !d.StartsWith("extra file", StringComparison.Ordinal)));
        Findings.None(TorchtuneTree.DifferencesFrom(scratch.Folder, Topic, $"{Current}output-{NameOf(name)}"));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Checkpointer_by_default_gives_every_tensor_of_every_file_back(string name)
    {
        if (Topic.SaysAbsent(name))
        {
            return;
        }

        using var scratch = new Scratch();
        CheckpointerOptions options = OptionsOf(Topic.ReadJson(name), scratch);
        using var checkpointer = new Checkpointer(options);
        checkpointer.Save(checkpointer.Load(), 0, SaveKind.Final);

        string[] written = [.. Directory.GetFiles(scratch.PathOf("epoch_0"), options.SafeSerialization ? "model-*.safetensors" : "model-*.bin").Order(StringComparer.Ordinal)];
        Assert.Equal(options.CheckpointFiles.Length, written.Length);
        Assert.All(options.CheckpointFiles.Order(StringComparer.Ordinal).Zip(written), pair => Assert.Equal(TorchtuneTree.OfFile(Path.Combine(options.CheckpointDirectory, pair.First)), TorchtuneTree.OfFile(pair.Second)));
    }

    [Theory]
    [MemberData(nameof(ClassicModels))]
    public void Checkpointer_loads_saves_and_resumes_what_torchtune_s_first_release_did(string name)
    {
        if (Topic.SaysAbsent(name))
        {
            return;
        }

        using var scratch = new Scratch();
        JsonElement json = Topic.ReadJson(name);
        CheckpointerOptions options = new()
        {
            Kind = CheckpointerKind.HuggingFace,
            CheckpointDirectory = Topic.Reach(InputOf(name)),
            CheckpointFiles = FilesOf(Topic.Reach(InputOf(name))),
            OutputDirectory = scratch.Folder,
            Layout = TorchtuneLayout.Classic,
            Compatibility = Compatibility.Reference,
        };
        using var checkpointer = new Checkpointer(options);
        PickleDictionary state = checkpointer.Load();
        Assert.Equal(TorchtuneTree.Listed(json.GetProperty("tune")), TorchtuneTree.Of(Model(state)));

        checkpointer.Save(state, 0, SaveKind.Final);
        Findings.None(TorchtuneTree.Differences(scratch.Folder, json.GetProperty("save1").GetProperty("output").EnumerateArray()));
        if (!Topic.Has($"{Classic}output-{NameOf(name)[3..]}/recipe_state.pt"))
        {
            // The lean copy has no training state to go on from.
            return;
        }

        PickleDictionary StateOf(int epoch, JsonElement recipe) => new PickleDictionary(PickleDictionaryKind.Dictionary)
            .Set("model", Model(state))
            .Set("adapter", TorchtuneRuns.Read(Topic, $"{Classic}output-{NameOf(name)[3..]}/adapter_{epoch}.pt"))
            .With(TorchtuneRuns.Read(Topic, $"{Classic}output-{NameOf(name)[3..]}/recipe_state.pt"), recipe);

        JsonElement listed = json.GetProperty("save2").GetProperty("output"), last = json.GetProperty("save3");
        using var second = new Checkpointer(options with { OutputDirectory = scratch.PathOf("second") });
        second.Load();
        second.Save(StateOf(1, TorchtuneRuns.Find(listed, "recipe_state.pt")!.Value.GetProperty("content")), 1, SaveKind.Intermediate);
        Findings.None(TorchtuneTree.Differences(scratch.PathOf("second"), listed.EnumerateArray()));
        second.Save(StateOf(0, last.GetProperty("recipe")[0].GetProperty("content")), 0, SaveKind.Final);
        second.Save(StateOf(2, last.GetProperty("recipe")[0].GetProperty("content")), 2, SaveKind.Intermediate);
        Assert.Equal(last.GetProperty("files").EnumerateArray().Select(f => f.GetString()), Directory.GetFiles(scratch.PathOf("second")).Select(f => Path.GetFileName(f)).Where(f => f != "adapter_0.pt").Order(StringComparer.Ordinal));

        second.Save(new PickleDictionary(PickleDictionaryKind.Dictionary).Set("model", Model(state)), 0, SaveKind.Final);
        Findings.None(TorchtuneTree.DifferencesFrom(scratch.PathOf("second"), Topic, $"{Classic}output-{NameOf(name)[3..]}"));

        using var resumed = new Checkpointer(options with
        {
            CheckpointDirectory = scratch.PathOf("second"),
            CheckpointFiles = [.. Directory.GetFiles(scratch.PathOf("second"), "hf_model_*_2.pt").Select(f => Path.GetFileName(f))],
            AdapterCheckpoint = "adapter_2.pt",
            RecipeCheckpoint = "recipe_state.pt",
            ResumeFromCheckpoint = true,
        });
        PickleDictionary again = resumed.Load();
        Assert.Equal(json.GetProperty("resume").GetProperty("keys").EnumerateArray().Select(k => k.GetString()), again.Select(p => p.Key));
        Assert.Equal(TorchtuneTree.Of(Model(state)), TorchtuneTree.Of(Model(again)));
        Assert.True(again.TryGet("adapter", out PickleDictionary? adapter));
        Assert.Equal(TorchtuneTree.Listed(json.GetProperty("resume").GetProperty("adapter")), TorchtuneTree.Of(adapter));
    }

    [Theory]
    [MemberData(nameof(MetaModels))]
    public void Checkpointer_loads_and_saves_Meta_s_files_as_torchtune_does(string name)
    {
        if (Topic.SaysAbsent(name))
        {
            return;
        }

        using var scratch = new Scratch();
        GoldenTopic model = GoldenRoot.Topic($"meta/{NameOf(name)[5..]}/meta-1");
        bool isClassic = name.StartsWith(Classic, StringComparison.Ordinal);
        CheckpointerOptions options = new()
        {
            Kind = CheckpointerKind.Meta,
            CheckpointDirectory = model.Reach(),
            CheckpointFiles = ["consolidated.00.pth"],
            OutputDirectory = scratch.Folder,
            Layout = isClassic ? TorchtuneLayout.Classic : TorchtuneLayout.Current,
            Compatibility = Compatibility.Reference,
        };
        using var checkpointer = new Checkpointer(options);
        JsonElement json = Topic.ReadJson(name);
        PickleDictionary state = checkpointer.Load();
        Assert.Equal(TorchtuneTree.Listed(json.GetProperty("tune")), TorchtuneTree.Of(Model(state)));

        JsonElement listed = json.GetProperty("output");
        int epoch = isClassic ? EpochOf(json.GetProperty("note").GetString()!) : 0;
        if (TorchtuneRuns.Find(listed, $"adapter_{epoch}.pt") is not null)
        {
            state.Set("adapter", TorchtuneRuns.Read(Topic, $"{Classic}output-{NameOf(name)}/adapter_{epoch}.pt")).With(TorchtuneRuns.Read(Topic, $"{Classic}output-{NameOf(name)}/recipe_state.pt"));
        }

        checkpointer.Save(state, epoch, TorchtuneRuns.Find(listed, "recipe_state.pt") is null ? SaveKind.Final : SaveKind.Intermediate);
        Findings.None(TorchtuneTree.Differences(scratch.Folder, listed.EnumerateArray()));

        using var again = new Checkpointer(options with { Compatibility = Compatibility.Safe, OutputDirectory = scratch.PathOf("safe") });
        again.Save(again.Load(), 0, SaveKind.Final);
        Assert.Equal(TorchtuneTree.OfFile(model.Reach("consolidated.00.pth")), TorchtuneTree.OfFile(Directory.GetFiles(scratch.PathOf("safe"), isClassic ? "*.pt" : "*.bin", SearchOption.AllDirectories)[0]));
    }

    private static PickleDictionary Model(PickleDictionary state) => state.TryGet("model", out PickleDictionary? model) ? model : throw new InvalidOperationException("no model");

    private static int EpochOf(string call) => int.Parse(EpochNumber().Match(call).Groups[1].Value, CultureInfo.InvariantCulture);

    // As the call was; the files in reverse, for the checkpointer sorts them.
    private static CheckpointerOptions OptionsOf(JsonElement json, Scratch scratch)
    {
        JsonElement call = json.GetProperty("call");
        return new CheckpointerOptions
        {
            Kind = CheckpointerKind.HuggingFace,
            CheckpointDirectory = FolderOf(call.GetProperty("checkpoint_dir").GetString()!),
            CheckpointFiles = [.. call.GetProperty("checkpoint_files").EnumerateArray().Select(f => f.GetString()!).OrderDescending(StringComparer.Ordinal)],
            OutputDirectory = scratch.Folder,
            ModelType = call.GetProperty("model_type").GetString(),
            SafeSerialization = !call.TryGetProperty("safe_serialization", out JsonElement safe) || safe.GetBoolean(),
        };
    }

    private static string FolderOf(string stated) => stated.StartsWith("<inputs>/", StringComparison.Ordinal) ? Topic.Reach("inputs/" + stated[9..]) : GoldenRoot.Topic(stated.Trim('<', '>')).Reach();

    private static ImmutableArray<string> FilesOf(string folder)
    {
        string[] files = Directory.GetFiles(folder, "*.safetensors") is { Length: > 0 } safe ? safe : Directory.GetFiles(folder, "*.bin");
        return [.. files.Select(f => Path.GetFileName(f)).OrderDescending(StringComparer.Ordinal)];
    }

    // Cases of a model that torchtune loaded by a call that they state, where its files are there.
    private static IEnumerable<string> Called(GoldenTopic topic) => topic.Files("*.json", SearchOption.AllDirectories)
        .Where(f => f.StartsWith(Current, StringComparison.Ordinal) && topic.PeekJson(f) is var json && json.TryGetProperty("call", out JsonElement call) && call.TryGetProperty("checkpoint_dir", out JsonElement folder) && json.TryGetProperty("tune", out _)
            && (folder.GetString()!.StartsWith("<inputs>/", StringComparison.Ordinal) ? Directory.Exists(Path.Combine(topic.Folder!, "inputs", folder.GetString()![9..])) : !GoldenRoot.Topic(folder.GetString()!.Trim('<', '>')).IsAbsent));

    private static IEnumerable<string> Trained(GoldenTopic topic, string beginning) => Cases(topic, beginning).Where(c =>
        topic.Has(InputOf(c) + "/config.json")
        && ModelFamily.FindArchitecture(topic.PeekJson(InputOf(c) + "/config.json").TryGetProperty("architectures", out JsonElement list) ? list[0].GetString() : null) is { } family
        && TorchtuneNames.Of(family) is not null);

    private static IEnumerable<string> Cases(GoldenTopic topic, string beginning) => topic.Files("*.json", SearchOption.AllDirectories).Where(f => f.StartsWith(beginning, StringComparison.Ordinal));

    private static string NameOf(string json) => Path.GetFileNameWithoutExtension(json);

    // The folder that the call names, or that the case is called after.
    private static string InputOf(string json)
    {
        JsonElement root = Topic.PeekJson(json);
        return root.TryGetProperty("call", out JsonElement call) && call.TryGetProperty("checkpoint_dir", out JsonElement folder)
            ? folder.GetString()!.Replace("<inputs>", "inputs", StringComparison.Ordinal)
            : $"inputs/{NameOf(json)[(NameOf(json).IndexOf('-', StringComparison.Ordinal) + 1)..]}";
    }

    // Every tensor with the number of the file that holds it; the buffers of old files follow from the configuration and are no weights.
    private static IEnumerable<string> Partition(string folder)
    {
        string[] files = Directory.GetFiles(folder, "*.safetensors") is { Length: > 0 } safe ? safe : Directory.GetFiles(folder, "*.bin");
        return [.. files.Order(StringComparer.Ordinal).SelectMany((file, i) => ReadAny(file).Select(t => $"{i} {t}")).Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> ReadAny(string path) => TorchtuneTree.OfFile(path).Where(t => !t.Contains("inv_freq", StringComparison.Ordinal));

    [GeneratedRegex("epoch(?:=| )([0-9]+)")]
    private static partial Regex EpochNumber();
}

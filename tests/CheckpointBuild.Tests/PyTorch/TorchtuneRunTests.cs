using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Building;
using CheckpointBuild.Building.Torchtune;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Formats;
using CheckpointBuild.Formats.Distributed;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tests.Formats;
using CheckpointBuild.Tests.Golden;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.PyTorch;

/// <summary>The golden topic <c>torchtune</c>: whole runs of its checkpointers, with adapters, states of recipes and what goes along.</summary>
public sealed class TorchtuneRunTests
{
    private const string Current = "v0.6.1/";
    private const string Classic = "v0.1.1/";
    private static readonly GoldenTopic Topic = GoldenRoot.Topic("torchtune");

    private static readonly (string Peft, string Tune)[] Modules =
        [("o_proj", "output_proj"), ("gate_proj", "w1"), ("down_proj", "w2"), ("up_proj", "w3"), ("lm_head", "output")];

    public static TheoryData<string> AdapterRuns => Topic.CasesOfKind("runs with adapters", t => CasesWith(t, "tuneStateWithAdapter"));

    public static TheoryData<string> Exports => Topic.CasesOfKind("exports of adapters", t => CasesWith(t, "adapterIn").Where(c => t.Has(InputOf(c) + "/config.json")));

    public static TheoryData<string> Resumed => Topic.CasesOfKind("runs that are resumed without an adapter", t => CasesWith(t, "save").Where(c => t.PeekJson(c).TryGetProperty("resume", out _)));

    public static TheoryData<string> OwnFormat => Topic.CasesOfKind("runs in torchtune's own format", t => CasesWith(t, "input").Where(c => t.PeekJson(c).TryGetProperty("output", out _)));

    public static TheoryData<string> Distributed => Topic.CasesOfKind("distributed checkpoints", t => CasesWith(t, "files").Where(c => Directory.Exists(Path.Combine(t.Folder!, Path.GetDirectoryName(c)!, "output-" + NameOf(c)))));

    public static TheoryData<string> CopyRules => Topic.CasesOfKind("rules of copying", t => CasesWith(t, "copied"));

    [Theory]
    [MemberData(nameof(AdapterRuns))]
    public void Save_of_a_model_with_an_adapter_leaves_torchtune_s_files(string name)
    {
        if (Topic.SaysAbsent(name))
        {
            return;
        }

        using var scratch = new Scratch();
        JsonElement json = Topic.ReadJson(name);
        string output = $"{Current}output-{NameOf(name)}/";
        CheckpointerOptions options = HuggingFace("inputs/" + json.GetProperty("resume").GetProperty("checkpointPaths")[0].GetString()!.Split('/')[1], scratch.PathOf("out"));
        bool isReal = Topic.Has(output + "epoch_0/config.json");
        PickleDictionary recipe = TorchtuneRuns.Read(Topic, output + "recipe_state/recipe_state.pt") ?? new PickleDictionary(PickleDictionaryKind.Dictionary).Set("optimizer", new PickleDictionary(PickleDictionaryKind.Dictionary)).Set("seed", 1L);

        // What was merged comes out of the files that hold it; the adapter is the run's own.
        using Checkpointer merged = new(isReal ? HuggingFace(output + "epoch_0", scratch.PathOf("other")) : options);
        PickleDictionary state = isReal ? merged.Load() : new PickleDictionary(PickleDictionaryKind.Dictionary).Set("model", TorchtuneRuns.MadeUp(json.GetProperty("merged")));
        state.Set("adapter", TorchtuneRuns.Read(Topic, output + "epoch_0/adapter_model.pt") ?? TorchtuneRuns.MadeUp(json.GetProperty("adapter"))).Set("adapter_config", TorchtuneRuns.Of(json.GetProperty("adapterConfigIn")));

        using (Checkpointer checkpointer = new(options))
        {
            checkpointer.Load();
            checkpointer.Save(Copy(state).With(recipe), 0, SaveKind.Intermediate);
            Findings.None(TorchtuneTree.Differences(options.OutputDirectory, Shown(json.GetProperty("save1").GetProperty("output"), isReal), isReal));
            checkpointer.Save(state, 1, SaveKind.Final);
        }

        using (Checkpointer alone = new(options with { OutputDirectory = scratch.PathOf("alone"), SafeSerialization = !json.GetProperty("saveAdapterOnly").GetProperty("call").GetString()!.Contains("=False", StringComparison.Ordinal) }))
        {
            alone.Load();
            alone.Save(state, 2, SaveKind.AdapterOnly);
            Findings.None(TorchtuneTree.Differences(scratch.PathOf("alone"), Shown(json.GetProperty("saveAdapterOnly").GetProperty("output"), isReal), isReal));
            Findings.None(TorchtuneTree.DifferencesFrom(scratch.PathOf("alone"), Topic, $"{Current}output-{NameOf(name)}-adapter-only"));
        }

        using Checkpointer resumed = new(options with { ResumeFromCheckpoint = true });
        PickleDictionary again = resumed.Load();
        Assert.Equal(isReal ? json.GetProperty("resume").GetProperty("loadedKeys").EnumerateArray().Select(k => k.GetString()) : ["model", "adapter", "optimizer", "seed"], again.Select(p => p.Key));
        Assert.Equal(TorchtuneTree.Of(Dictionary(state, "adapter")), TorchtuneTree.Of(Dictionary(again, "adapter")));
        Findings.None(TorchtuneTree.Differences(scratch.PathOf("out/epoch_1"), Below("epoch_1/", Shown(json.GetProperty("save2").GetProperty("newFiles"), isReal)), isReal));
        Findings.None(TorchtuneTree.DifferencesFrom(options.OutputDirectory, Topic, output.TrimEnd('/')));
    }

    [Theory]
    [MemberData(nameof(Exports))]
    public void Save_exports_an_adapter_as_the_reference_does_and_by_default_as_is_right(string name)
    {
        if (Topic.SaysAbsent(name))
        {
            return;
        }

        JsonElement json = Topic.ReadJson(name);
        PickleDictionary adapter = TorchtuneRuns.MadeUp(json.GetProperty("adapterIn"));
        PickleDictionary state = new PickleDictionary(PickleDictionaryKind.Dictionary).Set("adapter", adapter);
        if (TorchtuneRuns.Find(json.GetProperty("output"), "adapter_config.json") is { } config)
        {
            PickleDictionary settings = TorchtuneRuns.Of(config.GetProperty("json"));
            state.Set("adapter_config", settings.Set("target_modules", new PickleSequence(PickleSequenceKind.List, config.GetProperty("json").GetProperty("target_modules").EnumerateArray().Select(m => TuneModule(m.GetString()!)))));
        }

        bool turnsHeads = Topic.PeekJson(InputOf(name) + "/config.json").GetProperty("model_type").GetString() is "llama" or "mistral" or "gemma" or "gemma2";
        foreach (Compatibility compatibility in Enum.GetValues<Compatibility>())
        {
            using var scratch = new Scratch();
            using Checkpointer checkpointer = new(HuggingFace(InputOf(name), scratch.Folder) with { Compatibility = compatibility });
            checkpointer.Load();
            checkpointer.Save(state, 0, SaveKind.AdapterOnly);
            Findings.None(TorchtuneTree.Differences(scratch.Folder, json.GetProperty("output").EnumerateArray(), false));
            if (!json.TryGetProperty("changeOfEachTensor", out JsonElement changes))
            {
                continue;
            }

            using var source = new FileSource(scratch.PathOf("epoch_0/adapter_model.safetensors"));
            Dictionary<string, byte[]> exported = Format.Safetensors.Read(source).Tensors.ToDictionary(t => t.Name, t => PlanBytes.Of(t)[0], StringComparer.Ordinal);
            Findings.None(changes.EnumerateObject().Select(change =>
            {
                Tensor before = (Tensor)adapter.First(p => PeftName((string)p.Key!) == change.Name).Value!;
                bool isOfHeads = (change.Name.Contains("q_proj", StringComparison.Ordinal) || change.Name.Contains("k_proj", StringComparison.Ordinal)) && !change.Name.Contains("lora_A", StringComparison.Ordinal);
                bool isTurned = compatibility == Compatibility.Reference ? change.Value.GetString() == "permuted" : turnsHeads && isOfHeads;
                return exported[change.Name].AsSpan().SequenceEqual(isTurned ? Turned(before, HeadRows(InputOf(name))) : PlanBytes.Of(before)[0]) ? null : $"{compatibility}: {change.Name}";
            }));
        }
    }

    [Theory]
    [MemberData(nameof(Resumed))]
    public void Full_training_is_saved_and_resumed_from_the_output(string name)
    {
        if (Topic.SaysAbsent(name))
        {
            return;
        }

        using var scratch = new Scratch();
        JsonElement json = Topic.ReadJson(name), save = json.GetProperty("save");
        string output = $"{Current}output-{NameOf(name)}/";
        JsonElement listing = save.ValueKind == JsonValueKind.Array ? save : save.GetProperty("output");
        string[] beside = [.. listing.EnumerateArray().Select(PathOf).Where(p => p.StartsWith("epoch_0/", StringComparison.Ordinal) && !Path.GetFileName(p).StartsWith("model", StringComparison.Ordinal) && !p.EndsWith('/')).Select(p => p[8..])];
        string input = Topic.Files("config.json", SearchOption.AllDirectories).First(f => f.StartsWith("inputs/", StringComparison.Ordinal) && beside.All(b => Topic.Has(Path.Combine(Path.GetDirectoryName(f)!, b))));
        CheckpointerOptions options = HuggingFace(Path.GetDirectoryName(input)!.Replace('\\', '/'), scratch.Folder) with { Compatibility = Compatibility.Reference };
        using Checkpointer checkpointer = new(options);
        checkpointer.Save(checkpointer.Load().With(TorchtuneRuns.Read(Topic, output + "recipe_state/recipe_state.pt")), 0, SaveKind.Intermediate);
        Topic.Reach(output);
        Findings.None(TorchtuneTree.Differences(scratch.Folder, listing.EnumerateArray()));

        using Checkpointer resumed = new(options with { ResumeFromCheckpoint = true, CheckpointFiles = [.. json.GetProperty("resume").GetProperty("checkpoint_files").EnumerateArray().Select(f => f.GetString()!)] });
        PickleDictionary again = resumed.Load();
        Assert.Equal(json.GetProperty("resume").GetProperty("loadedKeys").EnumerateArray().Select(k => k.GetString()), again.Select(p => p.Key));
        resumed.Save(again, 1, SaveKind.Final);
        Assert.Equal(Directory.GetFiles(scratch.PathOf("epoch_0"), "model*").SelectMany(f => (string[])[Path.GetFileName(f), Hash.OfFile(f)]), Directory.GetFiles(scratch.PathOf("epoch_1"), "model*").SelectMany(f => (string[])[Path.GetFileName(f), Hash.OfFile(f)]));
    }

    [Theory]
    [MemberData(nameof(OwnFormat))]
    public void Files_of_torchtune_s_own_names_are_loaded_saved_and_resumed(string name)
    {
        if (Topic.SaysAbsent(name))
        {
            return;
        }

        using var scratch = new Scratch();
        JsonElement json = Topic.ReadJson(name), listing = json.GetProperty("output");
        bool isClassic = name.StartsWith(Classic, StringComparison.Ordinal);
        string folder = Path.GetDirectoryName(name)!;
        JsonElement[] inputs = [.. json.GetProperty("input").EnumerateArray()];
        string model = PathOf(inputs.First(i => PathOf(i).StartsWith("model", StringComparison.Ordinal)));
        CheckpointerOptions options = new() { Kind = CheckpointerKind.Torchtune, CheckpointDirectory = Topic.Reach($"{folder}/input-tune"), CheckpointFiles = [model], OutputDirectory = scratch.Folder, Layout = isClassic ? TorchtuneLayout.Classic : TorchtuneLayout.Current };
        using Checkpointer checkpointer = new(options);
        Assert.Equal(json.TryGetProperty("outputDirExistsAfterConstruction", out JsonElement made) && made.GetBoolean(), Directory.Exists(scratch.PathOf("never")));
        PickleDictionary state = checkpointer.Load();
        Assert.Equal(["model"], state.Select(p => p.Key));
        Assert.Equal(TorchtuneTree.Listed(inputs.First(i => PathOf(i) == model).GetProperty("tensors")), TorchtuneTree.Of(Dictionary(state, "model")));

        // Every epoch that was saved, with the adapter where there is one; the last of them so that training can go on.
        string output = $"{folder}/output-tune/";
        string recipe = isClassic ? "recipe_state.pt" : "recipe_state/recipe_state.pt";
        int[] epochs = [.. listing.EnumerateArray().Select(PathOf).Where(p => p.Contains("adapter", StringComparison.Ordinal)).Select(p => int.Parse(string.Concat(p.Where(char.IsAsciiDigit)), System.Globalization.CultureInfo.InvariantCulture)).Order()];
        foreach (int epoch in epochs)
        {
            state.Set("adapter", TorchtuneRuns.Read(Topic, output + (isClassic ? $"adapter_{epoch}.pt" : $"epoch_{epoch}/adapter_model.pt")));
            checkpointer.Save(Copy(state).With(TorchtuneRuns.Read(Topic, output + recipe)), epoch, epoch == epochs[^1] ? SaveKind.Intermediate : SaveKind.Final);
        }

        Topic.Reach(output);
        Findings.None(TorchtuneTree.Differences(scratch.Folder, listing.EnumerateArray()));

        string? adapter = inputs.Select(PathOf).FirstOrDefault(p => p.StartsWith("adapter", StringComparison.Ordinal));
        string? kept = inputs.Select(PathOf).FirstOrDefault(p => p.StartsWith("recipe", StringComparison.Ordinal));
        CheckpointerOptions resuming = options with { ResumeFromCheckpoint = true, AdapterCheckpoint = adapter, RecipeCheckpoint = kept };
        Assert.Equal(Keys(json.GetProperty(isClassic ? "loadResume" : "resume")), KeysOf(resuming));
        if (json.TryGetProperty("loadWithAdapterNoResume", out JsonElement notResumed))
        {
            Assert.Equal(Keys(notResumed), KeysOf(resuming with { ResumeFromCheckpoint = false, RecipeCheckpoint = null }));
        }

        // A recipe that brings a model of its own: the reference lets it take the model's place.
        foreach (JsonElement evil in inputs.Where(i => i.TryGetProperty("content", out JsonElement content) && content.GetProperty("values").EnumerateArray().Any(v => v.GetProperty("path")[0].GetString() == "model")))
        {
            using Checkpointer trusting = new(resuming with { RecipeCheckpoint = PathOf(evil), Compatibility = Compatibility.Reference });
            Assert.True(trusting.Load().TryGet("model", out string? text) && text.Length > 0);
            Assert.Equal("CKPT2159", Assert.Throws<CheckpointException>(() => KeysOf(resuming with { RecipeCheckpoint = PathOf(evil) })).Code);
        }
    }

    [Theory]
    [MemberData(nameof(Distributed))]
    public void Distributed_checkpoint_gives_what_was_saved(string name)
    {
        if (Topic.SaysAbsent(name))
        {
            return;
        }

        JsonElement json = Topic.ReadJson(name);
        foreach (string folder in json.GetProperty("files").EnumerateArray().Select(f => Path.GetDirectoryName(PathOf(f))!).Distinct())
        {
            using CheckpointDirectory directory = CheckpointDirectory.Open(Topic.Reach($"{Path.GetDirectoryName(name)}/output-{NameOf(name)}/{folder}"));
            Findings.None(TorchListing.Differences(DistributedCheckpoint.Read(directory.OpenFile), json.GetProperty("content")));
        }
    }

    [Theory]
    [MemberData(nameof(CopyRules))]
    public void Save_takes_along_what_torchtune_does(string name)
    {
        if (Topic.SaysAbsent(name))
        {
            return;
        }

        using var scratch = new Scratch();
        JsonElement json = Topic.ReadJson(name);
        foreach (string file in json.GetProperty("input").EnumerateArray().Select(f => f.GetString()!))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(scratch.PathOf("in/" + file))!);
            File.WriteAllText(scratch.PathOf("in/" + file), "{}");
        }

        const string Model = "model_0.pt";
        PickleDictionary state = new PickleDictionary(PickleDictionaryKind.Dictionary).Set("model", new PickleDictionary(PickleDictionaryKind.Dictionary).Set("norm.scale", FormatSamples.Random("norm.scale", DTypes.DType.F32, new Shape(4))));
        using Checkpointer checkpointer = new(new CheckpointerOptions { Kind = CheckpointerKind.Torchtune, CheckpointDirectory = scratch.PathOf("in"), CheckpointFiles = [Model], OutputDirectory = scratch.PathOf("out"), Compatibility = Compatibility.Reference });
        checkpointer.Save(state, 0, SaveKind.Final);

        IEnumerable<string> expected = json.GetProperty("copied").EnumerateArray().Select(f => f.GetString()!).Where(f => !Path.GetFileName(f).StartsWith("model", StringComparison.Ordinal));
        IEnumerable<string> files = Directory.GetFiles(scratch.PathOf("out"), "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".bin", StringComparison.Ordinal));
        IEnumerable<string> empty = Directory.GetDirectories(scratch.PathOf("out"), "*", SearchOption.AllDirectories).Where(d => !Directory.EnumerateFileSystemEntries(d).Any());
        Assert.Equal(expected.Order(StringComparer.Ordinal), files.Select(Relative).Concat(empty.Select(d => Relative(d) + "/")).Order(StringComparer.Ordinal));

        string Relative(string path) => Path.GetRelativePath(scratch.PathOf("out"), path).Replace('\\', '/');
    }

    private static IEnumerable<string> CasesWith(GoldenTopic topic, string field) => topic.Files("*.json", SearchOption.AllDirectories)
        .Where(f => (f.StartsWith(Current, StringComparison.Ordinal) || f.StartsWith(Classic, StringComparison.Ordinal)) && f.Count(c => c == '/') == 1 && topic.PeekJson(f) is { ValueKind: JsonValueKind.Object } json && json.TryGetProperty(field, out _));

    private static string NameOf(string json) => Path.GetFileNameWithoutExtension(json);

    private static string InputOf(string json) => "inputs/" + NameOf(json)[(NameOf(json).IndexOf('-', StringComparison.Ordinal) + 1)..];

    private static string PathOf(JsonElement entry) => entry.GetProperty("path").GetString()!;

    private static IEnumerable<string?> Keys(JsonElement stated) => (stated.ValueKind == JsonValueKind.Array ? stated : stated.GetProperty("keys")).EnumerateArray().Select(k => k.GetString());

    private static string?[] KeysOf(CheckpointerOptions options)
    {
        using Checkpointer checkpointer = new(options);
        return [.. checkpointer.Load().Select(p => p.Key as string)];
    }

    private static CheckpointerOptions HuggingFace(string folder, string output)
    {
        string path = Topic.Reach(folder);
        string[] files = Directory.GetFiles(path, "model*.safetensors") is { Length: > 0 } safe ? safe : Directory.GetFiles(path, "*.bin");
        return new CheckpointerOptions { Kind = CheckpointerKind.HuggingFace, CheckpointDirectory = path, CheckpointFiles = [.. files.Select(f => Path.GetFileName(f))], OutputDirectory = output, Compatibility = Compatibility.Reference };
    }

    private static PickleDictionary Dictionary(PickleDictionary state, string key) => state.TryGet(key, out PickleDictionary? found) ? found : throw new InvalidOperationException(key);

    private static PickleDictionary Copy(PickleDictionary state)
    {
        var copy = new PickleDictionary(state.Kind);
        foreach ((object? key, object? value) in state)
        {
            copy.Set(key, value);
        }

        return copy;
    }

    // The state of a recipe that is not there cannot be compared.
    private static IEnumerable<JsonElement> Shown(JsonElement listing, bool isReal) => listing.EnumerateArray().Select(e => !isReal && PathOf(e).EndsWith("recipe_state.pt", StringComparison.Ordinal) ? JsonElement.Parse($$"""{"path":"{{PathOf(e)}}"}""") : e);

    private static IEnumerable<JsonElement> Below(string folder, IEnumerable<JsonElement> listing) => listing.Where(e => PathOf(e).StartsWith(folder, StringComparison.Ordinal)).Select(e => JsonElement.Parse(e.GetRawText().Replace($"\"{folder}", "\"", StringComparison.Ordinal)));

    private static string TuneModule(string peft) => Modules.FirstOrDefault(m => m.Peft == peft).Tune ?? peft;

    // The names of torchtune's adapters in PEFT's form, spelled by hand.
    private static string PeftName(string tune)
    {
        string name = tune.Replace(".lora_a.", ".lora_A.", StringComparison.Ordinal).Replace(".lora_b.", ".lora_B.", StringComparison.Ordinal).Replace(".magnitude", ".lora_magnitude_vector", StringComparison.Ordinal)
            .Replace(".attn.", ".self_attn.", StringComparison.Ordinal).Replace("output_proj", "o_proj", StringComparison.Ordinal)
            .Replace("mlp.w1", "mlp.gate_proj", StringComparison.Ordinal).Replace("mlp.w2", "mlp.down_proj", StringComparison.Ordinal).Replace("mlp.w3", "mlp.up_proj", StringComparison.Ordinal);
        return "base_model.model." + (name.StartsWith("output.", StringComparison.Ordinal) ? "lm_head" + name[6..] : "model." + name);
    }

    private static int HeadRows(string input)
    {
        JsonElement config = Topic.PeekJson(input + "/config.json");
        return config.TryGetProperty("head_dim", out JsonElement head) && head.ValueKind == JsonValueKind.Number ? head.GetInt32() : config.GetProperty("hidden_size").GetInt32() / config.GetProperty("num_attention_heads").GetInt32();
    }

    // hf[a·h + b·h/2 + j] = tune[a·h + 2j + b].
    private static byte[] Turned(Tensor tensor, int head)
    {
        byte[] before = PlanBytes.Of(tensor)[0], after = new byte[before.Length];
        int rows = (int)tensor.Shape.Dimensions[0], row = before.Length / rows;
        for (int i = 0; i < rows; i++)
        {
            int inHead = i % head, to = i - inHead + ((inHead & 1) * head / 2) + (inHead / 2);
            before.AsSpan(i * row, row).CopyTo(after.AsSpan(to * row));
        }

        return after;
    }
}

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using CheckpointBuild.Building.Torchtune;
using CheckpointBuild.Dialects;
using CheckpointBuild.Dialects.Torchtune;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tests.Formats;
using CheckpointBuild.Tests.Golden;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Tool;
using Xunit;

namespace CheckpointBuild.Tests.PyTorch;

/// <summary>The golden topic <c>torchtune</c>: what its checkpointers of two releases load and save.</summary>
public sealed class TorchtuneGoldenTests
{
    private const string Current = "v0.6.1/";
    private const string Classic = "v0.1.1/";
    private static readonly GoldenTopic Topic = GoldenRoot.Topic("torchtune");

    public static TheoryData<string> Families => Topic.Cases(t => Trained(t, Current + "family-"));

    public static TheoryData<string> ClassicModels => Topic.Cases(t => Trained(t, Classic + "hf-"));

    public static TheoryData<string> MetaModels => Topic.Cases(t => new[] { Current, Classic }.SelectMany(v => Cases(t, v + "meta-")).Where(c => !GoldenRoot.Topic($"meta/{NameOf(c)[5..]}/meta-1").IsAbsent));

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
            Assert.Equal(Listed(Topic.ReadJson(name).GetProperty("tune")), OfTorch(file));

            await Ckpt.DoneAsync("convert", scratch.PathOf(layout), "--to", "huggingface", "--output", scratch.PathOf(layout + "-hf"));
            Assert.Equal(Partition(source), Partition(scratch.PathOf(layout + "-hf")));
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Checkpointer_loads_and_saves_what_torchtune_does_today(string name)
    {
        if (Topic.SaysAbsent(name))
        {
            return;
        }

        using var scratch = new Scratch();
        using var checkpointer = new Checkpointer(OptionsOf(name, CheckpointerKind.HuggingFace, TorchtuneLayout.Current, scratch));
        JsonElement json = Topic.ReadJson(name);
        PickleDictionary state = checkpointer.Load();
        Assert.Equal(Listed(json.GetProperty("tune")), Of(state));

        checkpointer.Save(state, 0, SaveKind.Final);
        bool asBin = json.GetProperty("call").TryGetProperty("safe_serialization", out JsonElement safe) && !safe.GetBoolean();
        foreach (JsonElement output in json.GetProperty("output").EnumerateArray().Where(o => o.TryGetProperty("tensors", out _) && !asBin))
        {
            Assert.Equal(Listed(output.GetProperty("tensors")), OfSafetensors(scratch.PathOf(output.GetProperty("path").GetString()!)));
        }

        foreach (JsonElement output in json.GetProperty("output").EnumerateArray().Where(o => o.TryGetProperty("sha256", out _) && !o.TryGetProperty("tensors", out _) && !o.GetProperty("path").GetString()!.EndsWith(".index.json", StringComparison.Ordinal)))
        {
            Assert.Equal(output.GetProperty("sha256").GetString(), Hash.OfFile(scratch.PathOf(output.GetProperty("path").GetString()!)));
        }
    }

    [Theory]
    [MemberData(nameof(ClassicModels))]
    public void Checkpointer_loads_and_saves_what_torchtune_s_first_release_did(string name)
    {
        if (Topic.SaysAbsent(name))
        {
            return;
        }

        using var scratch = new Scratch();
        using var checkpointer = new Checkpointer(OptionsOf(name, CheckpointerKind.HuggingFace, TorchtuneLayout.Classic, scratch));
        JsonElement json = Topic.ReadJson(name);
        PickleDictionary state = checkpointer.Load();
        Assert.Equal(Listed(json.GetProperty("tune")), Of(state));

        checkpointer.Save(state, 0, SaveKind.Final);
        foreach (JsonElement output in json.GetProperty("save1").GetProperty("output").EnumerateArray())
        {
            string path = scratch.PathOf(output.GetProperty("path").GetString()!);
            if (output.TryGetProperty("tensors", out JsonElement tensors))
            {
                Assert.Equal(Listed(tensors), OfTorch(path));
            }
            else
            {
                Assert.True(JsonNode.DeepEquals(JsonNode.Parse(output.GetProperty("text").GetString()!), JsonNode.Parse(File.ReadAllText(path))));
            }
        }
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
        using var checkpointer = new Checkpointer(new CheckpointerOptions
        {
            Kind = CheckpointerKind.Meta,
            CheckpointDirectory = model.Reach(),
            CheckpointFiles = ["consolidated.00.pth"],
            OutputDirectory = scratch.Folder,
            Layout = isClassic ? TorchtuneLayout.Classic : TorchtuneLayout.Current,
        });
        JsonElement json = Topic.ReadJson(name);
        PickleDictionary state = checkpointer.Load();
        Assert.Equal(Listed(json.GetProperty("tune")), Of(state));
        JsonElement saved = json.GetProperty("output").EnumerateArray().First(o => !o.GetProperty("path").GetString()!.Contains("adapter", StringComparison.Ordinal) && o.TryGetProperty("tensors", out _));
        int epoch = isClassic ? int.Parse(NameOf(saved.GetProperty("path").GetString()!).Split('_')[^1], System.Globalization.CultureInfo.InvariantCulture) : 0;
        checkpointer.Save(state, epoch, SaveKind.Final);
        Assert.Equal(Listed(saved.GetProperty("tensors")), OfTorch(scratch.PathOf(saved.GetProperty("path").GetString()!)));
    }

    private static CheckpointerOptions OptionsOf(string name, CheckpointerKind kind, TorchtuneLayout layout, Scratch scratch) => new()
    {
        Kind = kind,
        CheckpointDirectory = Topic.Reach(InputOf(name)),
        CheckpointFiles = FilesOf(Topic.Reach(InputOf(name))),
        OutputDirectory = scratch.Folder,
        Layout = layout,
    };

    // As a user would: safetensors where there are some; given in reverse, for the checkpointer sorts them.
    private static ImmutableArray<string> FilesOf(string folder)
    {
        string[] files = Directory.GetFiles(folder, "*.safetensors") is { Length: > 0 } safe ? safe : Directory.GetFiles(folder, "*.bin");
        return [.. files.Select(f => Path.GetFileName(f)).OrderDescending(StringComparer.Ordinal)];
    }

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

    private static IEnumerable<string> Listed(JsonElement tensors) => tensors.EnumerateArray()
        .Select(t => $"{t.GetProperty("name").GetString()} {t.GetProperty("dtype").GetString()} [{string.Join(", ", t.GetProperty("shape").EnumerateArray())}] {t.GetProperty("sha256").GetString()}")
        .Order(StringComparer.Ordinal);

    private static string Describe(Tensor tensor) => $"{tensor.Name} {TorchDTypes.Find(tensor.DType)!.Value.Name} {tensor.Shape} {Hash.Of(PlanBytes.Of(tensor)[0])}";

    private static IEnumerable<string> Of(PickleDictionary state) =>
        state.TryGet("model", out PickleDictionary? model) ? model.Select(p => Describe((Tensor)p.Value!)).Order(StringComparer.Ordinal) : [];

    private static IEnumerable<string> OfTorch(string path)
    {
        using var source = new FileSource(path);
        return [.. PyTorchFile.Read(source).Tensors.Select(Describe).Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> OfSafetensors(string path)
    {
        using var source = new FileSource(path);
        return [.. Format.Safetensors.Read(source).Tensors.Select(Describe).Order(StringComparer.Ordinal)];
    }

    // Every tensor with the number of the file that holds it; the buffers of old files follow from the configuration and are no weights.
    private static IEnumerable<string> Partition(string folder)
    {
        string[] files = Directory.GetFiles(folder, "*.safetensors") is { Length: > 0 } safe ? safe : Directory.GetFiles(folder, "*.bin");
        return [.. files.Order(StringComparer.Ordinal).SelectMany((file, i) => ReadAny(file).Select(t => $"{i} {t}")).Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> ReadAny(string path)
    {
        using var source = new FileSource(path);
        return [.. Format.Detect(source).Read(source).Tensors.Where(t => !t.Name.EndsWith("inv_freq", StringComparison.Ordinal)).Select(Describe)];
    }
}

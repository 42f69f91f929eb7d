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
using CheckpointBuild.Tensors;
using CheckpointBuild.Tests.Formats;
using CheckpointBuild.Tests.Golden;
using Xunit;

namespace CheckpointBuild.Tests.PyTorch;

/// <summary>The golden topic <c>torchtune</c>: every condition in which its checkpointers refuse or do not, each brought about.</summary>
public sealed class TorchtuneErrorTests(ITestOutputHelper output)
{
    private static readonly GoldenTopic Topic = GoldenRoot.Topic("torchtune");

    public static TheoryData<string> Conditions => Topic.CasesOfKind("conditions of errors", t => Lists(t).SelectMany(file => t.PeekJson(file).GetProperty("cases").EnumerateArray().Select(c => $"{file}: {c.GetProperty("condition").GetString()}")));

    public static TheoryData<string> Files => Topic.CasesOfKind("lists of errors", Lists);

    [Theory]
    [MemberData(nameof(Conditions))]
    public void Condition_is_refused_by_a_code_where_the_reference_refuses(string name)
    {
        if (Topic.SaysAbsent(name))
        {
            return;
        }

        string file = name[..name.IndexOf(": ", StringComparison.Ordinal)], condition = name[(file.Length + 2)..];
        JsonElement listed = Topic.ReadJson(file).GetProperty("cases").EnumerateArray().First(c => c.GetProperty("condition").GetString() == condition);
        if (TorchtuneScenes.Find(condition) is not { } scene)
        {
            output.WriteLine($"Nobody has told how to bring this about: {condition}");
            return;
        }

        using var stage = new TorchtuneStage(file.Contains("v0.1", StringComparison.Ordinal) ? TorchtuneLayout.Classic : TorchtuneLayout.Current);
        Exception? refusal = Record.Exception(() => scene.Play(stage));
        output.WriteLine(refusal?.Message ?? "done");
        Assert.Equal(scene.Code, refusal is null ? null : Assert.IsType<CheckpointException>(refusal).Code);
        Assert.True(scene.Differs is not null || (listed.GetProperty("raises").ValueKind == JsonValueKind.Null) == (scene.Code is null), $"the reference: {listed}");
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void What_else_the_list_says_holds(string name)
    {
        if (Topic.SaysAbsent(name))
        {
            return;
        }

        JsonElement json = Topic.ReadJson(name);
        using var stage = new TorchtuneStage(TorchtuneLayout.Classic);
        if (json.TryGetProperty("formattedNames", out JsonElement names))
        {
            Assert.Equal(names.EnumerateArray().Select(n => n.GetString()), CheckpointerOptions.FilesOf("model_{}_of_{}.pt", "0012"));
        }

        // By the reference the later file wins; by default a tensor in two files is refused.
        if (json.TryGetProperty("duplicateKeyInTwoFiles", out JsonElement twice))
        {
            string key = twice.GetProperty("weightMap").EnumerateObject().First().Name;
            CheckpointerOptions options = stage.Of(CheckpointerKind.HuggingFace);
            string first = options.CheckpointFiles.First(f => Has(stage.Path("hf/" + f), key)), last = "zz.bin";
            Tensor other = FormatSamples.Random("other", Read(stage.Path("hf/" + first), key).DType, Read(stage.Path("hf/" + first), key).Shape);
            stage.Write("hf/" + last, new PickleDictionary(PickleDictionaryKind.Dictionary).Set(key, other));
            options = options with { CheckpointFiles = [.. options.CheckpointFiles, last] };
            Assert.Equal("CKPT1005", Assert.Throws<CheckpointException>(() => TorchtuneStage.Load(options)).Code);
            TorchtuneStage.Save(options with { Compatibility = Compatibility.Reference }, (_, _) => { });
            Assert.Equal(PlanBytes.Of(other)[0], PlanBytes.Of(Read(Directory.GetFiles(stage.Path("out"), "hf_model_*.pt").Order(StringComparer.Ordinal).Last(), key))[0]);
        }

        if (json.TryGetProperty("existingConfigInOutputKept", out JsonElement kept))
        {
            Directory.CreateDirectory(stage.Path("kept"));
            File.WriteAllText(stage.Path("kept/config.json"), "{}");
            TorchtuneStage.Save(stage.Of(CheckpointerKind.HuggingFace) with { CheckpointFiles = [.. stage.Of(CheckpointerKind.HuggingFace).CheckpointFiles.Where(f => f != "zz.bin")], OutputDirectory = stage.Path("kept") }, (_, _) => { });
            Assert.Equal(kept.GetBoolean(), File.ReadAllText(stage.Path("kept/config.json")) == "{}");
        }
    }

    private static IEnumerable<string> Lists(GoldenTopic topic) => topic.Files("errors.json", SearchOption.AllDirectories);

    private static bool Has(string path, string key)
    {
        using var source = new FileSource(path);
        return Format.Detect(source).Read(source).Tensors.TryGet(key, out _);
    }

    private static Tensor Read(string path, string key)
    {
        var source = new MemorySource(path, File.ReadAllBytes(path));
        return Format.Detect(source).Read(source).Tensors.First(t => t.Name == key);
    }
}

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using CheckpointBuild.Building;
using CheckpointBuild.Dialects;
using CheckpointBuild.Dialects.Adapters;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Readers;
using CheckpointBuild.Tests.Tool;
using Xunit;

namespace CheckpointBuild.Tests.Golden.Adapters;

/// <summary>Adapters that torchtune wrote in its own names, against what torchtune itself made of them: the merged model, and PEFT's form.</summary>
public sealed class TorchtuneAdapterTests
{
    private const string Own = "adapter_model.pt";
    private const string Peft = "adapter_model.safetensors";
    private const string Settings = "adapter_config.json";

    private static readonly GoldenTopic Topic = GoldenRoot.Topic("torchtune");

    public static TheoryData<string> Cases => Topic.CasesOfKind("runs with adapters", Runs);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Merged_model_has_torchtune_s_bytes(string run)
    {
        if (Open(run) is not { } folder)
        {
            return;
        }

        using var scratch = new Scratch();
        foreach (string epoch in Epochs(folder, "model*.safetensors"))
        {
            string output = scratch.PathOf(Path.GetFileName(epoch));
            await Ckpt.DoneAsync("convert", BaseOf(run), "--to", "huggingface", "--adapter", Path.Combine(epoch, Own), "--output", output);

            Dictionary<string, string> expected = Hashes(Directory.GetFiles(epoch, "model*.safetensors"));
            Findings.None(Hashes(Directory.GetFiles(output, "model*.safetensors")).Where(t => expected.GetValueOrDefault(t.Key) != t.Value).Select(t => $"{epoch}: {t.Key}"));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Peft_s_form_of_the_adapter_has_torchtune_s_bytes(string run)
    {
        if (Open(run) is not { } folder)
        {
            return;
        }

        using var scratch = new Scratch();
        foreach (string epoch in Epochs(folder, Peft))
        {
            string output = scratch.PathOf(Path.GetFileName(epoch));
            await Ckpt.DoneAsync("convert", BaseOf(run), "--to", "huggingface", "--adapter", Path.Combine(epoch, Own), "--adapter-mode", "apart", "--output", output);

            Assert.Equal(Hash.OfFile(Path.Combine(epoch, Peft)), Hash.OfFile(Path.Combine(output, "adapters", "adapter_model", Peft)));
            JsonElement settings = JsonElement.Parse(await File.ReadAllBytesAsync(Path.Combine(output, "adapters", "adapter_model", Settings), TestContext.Current.CancellationToken));
            JsonElement reference = JsonElement.Parse(await File.ReadAllBytesAsync(Path.Combine(epoch, Settings), TestContext.Current.CancellationToken));
            Findings.None(reference.EnumerateObject().Where(p => Text(settings.GetProperty(p.Name)) != Text(p.Value)).Select(p => p.Name));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task An_adapter_by_itself_goes_to_peft_s_form_and_back(string run)
    {
        if (Open(run) is not { } folder)
        {
            return;
        }

        using var scratch = new Scratch();
        foreach (string epoch in Epochs(folder, Peft))
        {
            string output = scratch.PathOf(Path.GetFileName(epoch));
            await Ckpt.DoneAsync("convert", Path.Combine(epoch, Own), "--to", "huggingface", "--base", BaseOf(run), "--output", output);
            await Ckpt.DoneAsync("convert", output, "--to", "torchtune", "--base", BaseOf(run), "--output", output + "-back");

            Assert.Equal(Hash.OfFile(Path.Combine(epoch, Peft)), Hash.OfFile(Path.Combine(output, Peft)));
            using var written = new FileSource(Path.Combine(output + "-back", Own));
            using var original = new FileSource(Path.Combine(epoch, Own));
            Assert.Equal(PyTorchFile.Read(original).Tensors.Select(Describe).Order(), PyTorchFile.Read(written).Tensors.Select(Describe).Order());
        }

        static string Describe(Tensor tensor) => $"{tensor.Name} {tensor.DType} {tensor.Shape} {Hash.Of(TensorValues.Bytes(tensor))}";
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Torchtune_s_form_of_a_peft_adapter_is_the_one_that_it_was_exported_from(string run)
    {
        if (Open(run) is not { } folder)
        {
            return;
        }

        using var scratch = new Scratch();
        using CheckpointDirectory directory = CheckpointDirectory.Open(BaseOf(run));
        Checkpoint checkpoint = Dialect.Detect(directory).Read(directory);
        foreach (string epoch in Epochs(folder, Peft))
        {
            using AdapterSource peft = AdapterSource.Open(Path.Combine(epoch, Peft));
            new Builder(new BuilderOptions { Durability = Durability.Cached }).Build(new DirectoryPlan([.. TorchtuneFiles.Plan(checkpoint, peft.Adapter, "")], []), scratch.Folder, TestContext.Current.CancellationToken);

            using var written = new FileSource(scratch.PathOf(Own));
            using var original = new FileSource(Path.Combine(epoch, Own));
            Dictionary<string, byte[]> expected = PyTorchFile.Read(original).Tensors.ToDictionary(t => t.Name, TensorValues.Bytes);
            TensorTable actual = PyTorchFile.Read(written).Tensors;
            Assert.Equal(expected.Keys.Order(), actual.Select(t => t.Name).Order());
            Findings.None(actual.Where(t => !TensorValues.Bytes(t).AsSpan().SequenceEqual(expected[t.Name])).Select(t => t.Name));
        }
    }

    // Runs with adapters are listed as NAME.json, which names the base that was loaded.
    private static IEnumerable<string> Runs(GoldenTopic topic) => topic.Files("*.json", SearchOption.AllDirectories)
        .Where(file => file.Split('/').Length == 2 && topic.PeekJson(file) is { ValueKind: JsonValueKind.Object } json && json.TryGetProperty("tuneStateWithAdapter", out _) && json.TryGetProperty("resume", out _))
        .Where(file => Directory.Exists(FolderOf(topic, file)));

    private static string FolderOf(GoldenTopic topic, string file) => Path.Combine(topic.Folder!, Path.GetDirectoryName(file)!, "output-" + Path.GetFileNameWithoutExtension(file));

    private static string? Open(string run)
    {
        if (Topic.SaysAbsent(run))
        {
            return null;
        }

        Topic.Reach(run);
        return Topic.Reach(Path.GetRelativePath(Topic.Folder!, FolderOf(Topic, run)));
    }

    private static string BaseOf(string run)
    {
        string path = Topic.ReadJson(run).GetProperty("resume").GetProperty("checkpointPaths")[0].GetString()!;
        return Topic.Reach("inputs/" + path.Split('/')[1]);
    }

    private static IEnumerable<string> Epochs(string folder, string pattern) =>
        Directory.GetDirectories(folder, "epoch_*").Where(e => File.Exists(Path.Combine(e, Own)) && Directory.GetFiles(e, pattern).Length > 0);

    private static Dictionary<string, string> Hashes(IEnumerable<string> files) => files.SelectMany(SafetensorsReader.Read).ToDictionary(t => t.Name, t => Hash.Of(t.Data), StringComparer.Ordinal);

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.Array ? string.Join(',', value.EnumerateArray().Select(Text).Order(StringComparer.Ordinal)) : value.ToString();
}

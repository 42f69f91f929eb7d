using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using CheckpointBuild.Dialects.Adapters;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Readers;
using CheckpointBuild.Tests.Tool;
using Xunit;

namespace CheckpointBuild.Tests.Golden.Adapters;

/// <summary>Whole files: adapters that are kept apart for llama.cpp, and merged models as PEFT and transformers save them.</summary>
public sealed class AdapterFileTests
{
    private const string Merged = "-merged-";

    private static readonly GoldenTopic Lora = GoldenRoot.Topic("gguf/lora");

    public static TheoryData<string> Types => Lora.Cases(topic => topic.PeekJson("lora.json").GetProperty("runs").EnumerateArray().Select(r => r.GetProperty("outtype").GetString()!));

    public static TheoryData<string> Cases => AdapterCase.Names();

    public static TheoryData<string> Folders => AdapterCase.Topic.CasesOfKind("merged models", MergedFolders);

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Adapter_for_llama_cpp_is_the_converter_s_file(string type)
    {
        if (Lora.SaysAbsent(type) || GoldenRoot.Topic("doc-llama").SaysAbsent())
        {
            return;
        }

        using var scratch = new Scratch();
        string[] kind = type == "q8_0" ? ["--quantization", type] : ["--dtype", type];
        await Ckpt.DoneAsync(["build", GoldenRoot.Topic("doc-llama").Reach(), "--engine", "gguf", .. kind, "--adapter", Lora.Reach("adapter"), "--adapter-mode", "apart", "--output", scratch.Folder]);

        JsonElement run = Lora.ReadJson("lora.json").GetProperty("runs").EnumerateArray().Single(r => r.GetProperty("outtype").GetString() == type);
        Assert.Equal(run.GetProperty("file_sha256").GetString(), Hash.OfFile(scratch.PathOf("adapters/adapter.gguf")));
        if (Lora.Has($"lora-{type}.gguf"))
        {
            Assert.Equal(Lora.ReadBytes($"lora-{type}.gguf"), await File.ReadAllBytesAsync(scratch.PathOf("adapters/adapter.gguf"), TestContext.Current.CancellationToken));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Adapter_that_torchtune_has_a_form_for_comes_back_with_its_factors(string name)
    {
        if (AdapterCase.Open(name) is not { } one)
        {
            return;
        }

        // What torchtune has no form for is refused by name.
        using var scratch = new Scratch();
        CkptResult there = await Ckpt.RunAsync("convert", one.Adapter, "--to", "torchtune", "--base", one.Base, "--output", scratch.PathOf("tune"));
        if (there.ExitCode != 0)
        {
            Assert.Contains("CKPT2012", there.Error, StringComparison.Ordinal);
            return;
        }

        await Ckpt.DoneAsync("convert", scratch.PathOf("tune"), "--to", "huggingface", "--base", one.Base, "--output", scratch.PathOf("peft"));
        SafetensorsTensor[] back = [.. SafetensorsReader.Read(scratch.PathOf("peft/adapter_model.safetensors"))];
        Dictionary<string, string> original = OriginalOf(one.Adapter);
        Assert.NotEmpty(back);
        Findings.None(back.Where(t => original.GetValueOrDefault(t.Name) != Hash.Of(t.Data)).Select(t => t.Name));
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Merged_model_of_the_index_is_the_one_that_was_saved(string folder)
    {
        if (AdapterCase.Topic.SaysAbsent(folder))
        {
            return;
        }

        // The tensors that the other suite compares by hash are those of the saved file.
        string[] parts = folder.Split(Merged);
        AdapterVariant variant = AdapterCase.Open(parts[0])!.Variants.Single(v => v.Name == parts[1]);
        Dictionary<string, string> expected = variant.Tensors.ToDictionary(t => t.Name, t => t.Sha256);

        foreach (string beside in AdapterCase.Topic.Files("*.json", SearchOption.AllDirectories).Where(f => f.StartsWith(folder + "/", StringComparison.Ordinal)))
        {
            // The dtype is the variant's; all else is the base's, which the other suite holds against what is written.
            JsonElement saved = AdapterCase.Topic.ReadJson(beside);
            JsonElement own = JsonElement.Parse(File.ReadAllBytes(Path.Combine(AdapterCase.Open(parts[0])!.Base, Path.GetFileName(beside))));
            Findings.None(saved.EnumerateObject().Where(p => p.Name == "dtype" ? p.Value.GetString() != variant.BaseDType.LongName : !own.TryGetProperty(p.Name, out JsonElement value) || !JsonElement.DeepEquals(value, p.Value)).Select(p => $"{beside}: {p.Name}"));
        }

        Findings.None(SafetensorsReader.Read(AdapterCase.Topic.Reach(folder + "/model.safetensors")).Where(t => Hash.Of(t.Data) != expected[t.Name]).Select(t => t.Name));
    }

    private static Dictionary<string, string> OriginalOf(string adapter)
    {
        using AdapterSource source = AdapterSource.Open(adapter);
        ByteSource file = source.Directory.OpenFile(source.Directory.OpenedFiles.First(f => f.StartsWith("adapter_model", StringComparison.Ordinal)));
        return Format.Detect(file).Read(file).Tensors.ToDictionary(t => t.Name, t => Hash.Of(TensorValues.Bytes(t)), StringComparer.Ordinal);
    }

    private static IEnumerable<string> MergedFolders(GoldenTopic topic) =>
        topic.Files("model.safetensors", SearchOption.AllDirectories).Select(f => f.Split('/')[0]).Where(f => f.Contains(Merged));
}

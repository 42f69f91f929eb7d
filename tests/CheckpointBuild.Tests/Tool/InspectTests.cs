using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tests.Formats;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Tool;

/// <summary>What <c>ckpt inspect</c> says of things that are no whole checkpoint: one file of weights, an adapter, what training left.</summary>
public sealed class InspectTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task One_weights_file_needs_no_configuration_beside_it()
    {
        WriteTorch("state.pt", new PickleDictionary(PickleDictionaryKind.Dictionary).Set("model", Tensors("w")).Set("epoch", 3L).Set("args", new PickleDictionary(PickleDictionaryKind.Dictionary).Set("lr", 0.5)));

        JsonElement found = await InspectAsync("state.pt");

        Assert.Equal(0, found.GetProperty("problems").GetArrayLength());
        Assert.Equal("model.w", found.GetProperty("tensors")[0].GetProperty("name").GetString());
        Assert.Equal(["state.pt: epoch = 3 (int)", "state.pt: args.lr = 0.5 (float)"], found.GetProperty("other").EnumerateArray().Select(o => o.GetString()));
    }

    [Fact]
    public async Task A_name_from_a_file_writes_neither_lines_nor_colours_nor_pages_into_a_table_or_message()
    {
        WriteTorch("state.pt", Tensors("a\n\u001b[31mCKPT0000: fake\0", new string('n', 100_000)));
        Directory.CreateDirectory(_scratch.PathOf("model"));
        new TinyLlama().Write(_scratch.PathOf("model"));
        File.Delete(_scratch.PathOf("model/model.safetensors"));
        File.Copy(_scratch.PathOf("state.pt"), _scratch.PathOf("model/pytorch_model.bin"));

        string[] said = [(await Ckpt.DoneAsync("inspect", _scratch.PathOf("state.pt"))).Output, (await Ckpt.RunAsync("convert", _scratch.PathOf("model"), "--to", "huggingface", "--output", _scratch.PathOf("out"))).Error];

        Assert.All(said, text => Assert.True(text.Length < 10_000 && !text.Contains('\u001b', StringComparison.Ordinal) && !text.Contains('\0', StringComparison.Ordinal) && !text.Contains("\nCKPT0000", StringComparison.Ordinal), text));
    }

    [Fact]
    public async Task Folder_of_weights_without_a_configuration_is_no_checkpoint()
    {
        WriteTorch("folder/state.pt", Tensors("w"));

        JsonElement found = await InspectAsync("folder");

        Assert.Equal("CKPT2008", found.GetProperty("problems")[0].GetProperty("code").GetString());
        Assert.Equal(1, found.GetProperty("tensors").GetArrayLength());
    }

    [Fact]
    public async Task Adapter_is_shown_with_its_settings()
    {
        WriteTorch("adapter/adapter_model.pt", Tensors("layers.0.attn.q_proj.lora_a.weight", "layers.0.attn.q_proj.lora_b.weight"));
        await File.WriteAllTextAsync(_scratch.PathOf("adapter/adapter_config.json"), """{"r": 3, "lora_alpha": 6}""", TestContext.Current.CancellationToken);

        JsonElement found = await InspectAsync("adapter");

        Assert.Equal("torchtune", found.GetProperty("dialect").GetString());
        Assert.Equal(6, found.GetProperty("config").GetProperty("lora_alpha").GetInt32());
        Assert.Equal(0, found.GetProperty("problems").GetArrayLength());
    }

    [Fact]
    public async Task Training_s_output_is_shown_with_the_state_to_go_on_from()
    {
        await WriteTrainingAsync("out");

        JsonElement found = await InspectAsync("out");

        Assert.Equal("torchtune", found.GetProperty("dialect").GetString());
        Assert.Contains("recipe_state/recipe_state.pt: seed = 7 (int)", found.GetProperty("other").EnumerateArray().Select(o => o.GetString()));
        Assert.Equal(["epoch_0/model-00001-of-00001.bin", "recipe_state/recipe_state.pt"], found.GetProperty("tensors").EnumerateArray().Select(t => t.GetProperty("file").GetString()).Distinct());
    }

    [Fact]
    public async Task Convert_takes_the_state_of_training_along_to_torchtune_alone()
    {
        await WriteTrainingAsync("out");

        await Ckpt.DoneAsync("convert", _scratch.PathOf("out"), "--to", "torchtune", "--torchtune-layout", "classic", "--output", _scratch.PathOf("classic"));
        await Ckpt.DoneAsync("convert", _scratch.PathOf("classic"), "--to", "torchtune", "--output", _scratch.PathOf("again"));
        await Ckpt.DoneAsync("convert", _scratch.PathOf("out"), "--to", "huggingface", "--output", _scratch.PathOf("hf"));

        Assert.Equal(Hash.OfFile(_scratch.PathOf("out/recipe_state/recipe_state.pt")), Hash.OfFile(_scratch.PathOf("classic/recipe_state.pt")));
        Assert.Equal(Hash.OfFile(_scratch.PathOf("out/recipe_state/recipe_state.pt")), Hash.OfFile(_scratch.PathOf("again/recipe_state/recipe_state.pt")));
        Assert.Empty(Directory.EnumerateFiles(_scratch.PathOf("hf"), "recipe_state.pt", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Convert_leaves_the_note_of_an_adapter_behind()
    {
        new TinyLlama().Write(_scratch.PathOf("model"));
        await File.WriteAllTextAsync(_scratch.PathOf("model/adapter_config.json"), "{}", TestContext.Current.CancellationToken);

        await Ckpt.DoneAsync("convert", _scratch.PathOf("model"), "--to", "huggingface", "--output", _scratch.PathOf("hf"));

        Assert.False(File.Exists(_scratch.PathOf("hf/adapter_config.json")));
    }

    private async Task WriteTrainingAsync(string folder)
    {
        await Ckpt.DoneAsync("convert", new TinyLlama().Write(_scratch.PathOf("base")), "--to", "torchtune", "--output", _scratch.PathOf(folder));
        WriteTorch($"{folder}/recipe_state/recipe_state.pt", new PickleDictionary(PickleDictionaryKind.Dictionary).Set("optimizer", Tensors("step")).Set("seed", 7L));
    }

    private static PickleDictionary Tensors(params string[] names)
    {
        var tensors = new PickleDictionary(PickleDictionaryKind.Dictionary);
        foreach (string name in names)
        {
            tensors.Set(name, FormatSamples.Random(name, DType.F32, new Shape(3, 3)));
        }

        return tensors;
    }

    private void WriteTorch(string path, PickleDictionary root)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_scratch.PathOf(path))!);
        File.WriteAllBytes(_scratch.PathOf(path), PlanBytes.Of(PyTorchZipWriter.Plan(Path.GetFileName(path), root, PyTorchRecords.Full)));
    }

    private async Task<JsonElement> InspectAsync(string path) => JsonElement.Parse((await Ckpt.DoneAsync("inspect", _scratch.PathOf(path), "--json")).Output);
}

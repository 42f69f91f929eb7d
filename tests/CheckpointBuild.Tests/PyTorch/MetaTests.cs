using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using CheckpointBuild.Dialects.Meta;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using CheckpointBuild.Tests.Formats;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Tool;
using Xunit;

namespace CheckpointBuild.Tests.PyTorch;

/// <summary>Meta's sizes, shards and what is wrong with them.</summary>
public sealed class MetaTests
{
    [Theory]
    [InlineData(4096, 1.0, 256, 11008)]
    [InlineData(5120, 1.0, 256, 13824)]
    [InlineData(8192, 1.3, 4096, 28672)]
    [InlineData(4096, 1.3, 1024, 14336)]
    [InlineData(16384, 1.2, 4096, 53248)]
    [InlineData(2048, 1.5, 256, 8192)]
    [InlineData(3072, 1.0, 256, 8192)]
    public void FeedForwardOf_gives_the_widths_of_known_models(int dimension, double multiplier, int multiple, int width) => Assert.Equal(width, ParamsFile.FeedForwardOf(dimension, multiplier, multiple));

    [Fact]
    public async Task Convert_to_several_shards_and_back_gives_the_same_model()
    {
        using var scratch = new Scratch();
        string source = new TinyLlama().Write(scratch.PathOf("source"));
        await Ckpt.DoneAsync("convert", source, "--to", "meta", "--max-shard-size", "4KB", "--output", scratch.PathOf("meta"));
        Assert.True(Directory.GetFiles(scratch.PathOf("meta"), "*.pth").Length is 2 or 4 or 8);
        await Ckpt.DoneAsync("convert", scratch.PathOf("meta"), "--to", "huggingface", "--output", scratch.PathOf("back"));
        CkptResult difference = await Ckpt.RunAsync("inspect", scratch.PathOf("back"), "--json");
        Assert.Equal(0, difference.ExitCode);
        Assert.Equal(Tensors(source), Tensors(scratch.PathOf("back")));
    }

    [Fact]
    public async Task Convert_back_gives_no_params_json_of_another_rotary_base()
    {
        using var scratch = new Scratch();
        await Ckpt.DoneAsync("convert", new TinyLlama().Write(scratch.PathOf("source")), "--to", "meta", "--output", scratch.PathOf("meta"));
        await Ckpt.DoneAsync("convert", scratch.PathOf("meta"), "--to", "huggingface", "--output", scratch.PathOf("hf"));
        string path = scratch.PathOf("hf/config.json");
        JsonObject config = JsonNode.Parse(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken))!.AsObject();
        (config["rope_parameters"]?.AsObject() ?? config)["rope_theta"] = 8000000.0;
        await File.WriteAllTextAsync(path, config.ToJsonString(), TestContext.Current.CancellationToken);

        await Ckpt.DoneAsync("convert", scratch.PathOf("hf"), "--to", "meta", "--output", scratch.PathOf("again"));

        Assert.Equal(8000000.0, JsonNode.Parse(await File.ReadAllTextAsync(scratch.PathOf("again/params.json"), TestContext.Current.CancellationToken))!["rope_theta"]!.GetValue<double>());
    }

    [Fact]
    public async Task Convert_without_the_second_shard_says_so()
    {
        using var scratch = new Scratch();
        await Ckpt.DoneAsync("convert", new TinyLlama().Write(scratch.PathOf("source")), "--to", "meta", "--max-shard-size", "4KB", "--output", scratch.PathOf("meta"));
        File.Delete(scratch.PathOf("meta/consolidated.01.pth"));
        CkptResult result = await Ckpt.RunAsync("convert", scratch.PathOf("meta"), "--to", "huggingface", "--output", scratch.PathOf("back"));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("CKPT2151", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Convert_of_shards_with_other_norms_refuses()
    {
        using var scratch = new Scratch();
        await Ckpt.DoneAsync("convert", new TinyLlama().Write(scratch.PathOf("source")), "--to", "meta", "--max-shard-size", "4KB", "--output", scratch.PathOf("meta"));
        string last = Directory.GetFiles(scratch.PathOf("meta"), "*.pth").Order(StringComparer.Ordinal).Last();
        byte[] changed;
        using (var opened = new FileSource(last))
        {
            TensorFile file = Format.PyTorch.Read(opened);
            changed = PlanBytes.Of(Format.PyTorch.Plan(Path.GetFileName(last), new TensorFile(new TensorTable(file.Tensors.Select(t => t.Name == "norm.weight" ? Renamed.Of(Zeros(t), t.Name) : t)), file.Metadata)));
        }

        await File.WriteAllBytesAsync(last, changed, TestContext.Current.CancellationToken);
        CkptResult result = await Ckpt.RunAsync("convert", scratch.PathOf("meta"), "--to", "huggingface", "--output", scratch.PathOf("back"));
        Assert.Contains("CKPT2152", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("meta_model_0.pt", "")]
    [InlineData("model-00001-of-00001.bin", "")]
    [InlineData("model-00001-of-00001.bin", "epoch_3")]
    public async Task Diff_of_what_torchtune_saved_in_Meta_s_form_and_its_source_finds_none(string file, string epoch)
    {
        using var scratch = new Scratch();
        string source = new TinyLlama().Write(scratch.PathOf("source")), saved = Path.Combine(scratch.PathOf("saved"), epoch);
        await Ckpt.DoneAsync("convert", source, "--to", "meta", "--output", scratch.PathOf("meta"));
        Directory.CreateDirectory(saved);
        File.Copy(scratch.PathOf("meta/consolidated.00.pth"), Path.Combine(saved, file));
        File.Copy(scratch.PathOf("meta/params.json"), Path.Combine(saved, "params.json"));

        CkptResult result = await Ckpt.RunAsync("diff", scratch.PathOf("saved"), scratch.PathOf("meta"));
        Assert.True(result.ExitCode == 0, result.ToString());
    }

    [Theory]
    [InlineData("\"multiple_of\": 2147483647")]
    [InlineData("\"ffn_dim_multiplier\": 100000000000")]
    [InlineData("\"dim\": 2147483647")]
    [InlineData("\"n_kv_heads\": 0")]
    [InlineData("\"n_kv_heads\": -1")]
    [InlineData("\"n_kv_heads\": 1")]
    [InlineData("\"n_kv_heads\": 2.5")]
    [InlineData("\"n_kv_heads\": 3")]
    [InlineData("\"n_heads\": 8")]
    [InlineData("\"norm_eps\": -1")]
    public async Task Read_of_sizes_without_a_width_refuses(string sizes)
    {
        using var scratch = new Scratch();
        await Ckpt.DoneAsync("convert", new TinyLlama().Write(scratch.PathOf("source")), "--to", "meta", "--output", scratch.PathOf("meta"));
        File.Delete(scratch.PathOf("meta/config.json"));
        JsonObject parameters = JsonNode.Parse(await File.ReadAllTextAsync(scratch.PathOf("meta/params.json"), TestContext.Current.CancellationToken))!.AsObject();
        foreach ((string name, JsonNode? value) in JsonNode.Parse($"{{{sizes}}}")!.AsObject())
        {
            parameters[name] = value?.DeepClone();
        }

        await File.WriteAllTextAsync(scratch.PathOf("meta/params.json"), parameters.ToJsonString(), TestContext.Current.CancellationToken);
        CkptResult result = await Ckpt.RunAsync("convert", scratch.PathOf("meta"), "--to", "huggingface", "--output", scratch.PathOf("out"));
        Assert.Contains("CKPT2002", result.Error, StringComparison.Ordinal);
        Assert.Contains("params.json", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "4KB")]
    [InlineData(1, "1GB")]
    [InlineData(4, "1GB")]
    public async Task Convert_blames_the_heads_of_params_json_and_no_shard(int heads, string size)
    {
        using var scratch = new Scratch();
        await Ckpt.DoneAsync("convert", new TinyLlama().Write(scratch.PathOf("source")), "--to", "meta", "--max-shard-size", size, "--output", scratch.PathOf("meta"));
        File.Delete(scratch.PathOf("meta/config.json"));
        await File.WriteAllTextAsync(scratch.PathOf("meta/params.json"), (await File.ReadAllTextAsync(scratch.PathOf("meta/params.json"), TestContext.Current.CancellationToken)).Replace("\"n_kv_heads\": 2", $"\"n_kv_heads\": {heads}"), TestContext.Current.CancellationToken);
        CkptResult result = await Ckpt.RunAsync("convert", scratch.PathOf("meta"), "--to", "huggingface", "--output", scratch.PathOf("out"));
        Assert.Contains("CKPT2002", result.Error, StringComparison.Ordinal);
        Assert.Contains("'n_kv_heads'", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Convert_of_one_shard_beside_both_configurations_reads_Meta_s()
    {
        using var scratch = new Scratch();
        string source = new TinyLlama().Write(scratch.PathOf("source"));
        await Ckpt.DoneAsync("convert", source, "--to", "meta", "--output", scratch.PathOf("meta"));
        await Ckpt.DoneAsync("convert", scratch.PathOf("meta/consolidated.00.pth"), "--to", "huggingface", "--output", scratch.PathOf("back"));
        Assert.Equal(Tensors(source), Tensors(scratch.PathOf("back")));
    }

    [Theory]
    [InlineData(1f, false)]
    [InlineData(0.5f, true)]
    public async Task Convert_says_that_stored_frequencies_are_of_another_base(float factor, bool isSaid)
    {
        using var scratch = new Scratch();
        await Ckpt.DoneAsync("convert", new TinyLlama().Write(scratch.PathOf("source")), "--to", "meta", "--output", scratch.PathOf("meta"));
        float theta = JsonNode.Parse(await File.ReadAllTextAsync(scratch.PathOf("meta/params.json"), TestContext.Current.CancellationToken))!["rope_theta"]!.GetValue<float>();
        Rewrite(scratch.PathOf("meta/consolidated.00.pth"), tensors => [.. tensors, new Computed("rope.freqs", [.. Enumerable.Range(0, 8).Select(i => factor / (float)Math.Pow(theta, 2f * i / 16))], "test")]);
        CkptResult result = await Ckpt.DoneAsync("convert", scratch.PathOf("meta"), "--to", "huggingface", "--output", scratch.PathOf("back"));
        Assert.Equal(isSaid, result.Error.Contains("CKPT2170", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Convert_says_that_a_head_that_is_not_there_is_taken_for_the_embedding()
    {
        using var scratch = new Scratch();
        await Ckpt.DoneAsync("convert", new TinyLlama().Write(scratch.PathOf("source")), "--to", "meta", "--output", scratch.PathOf("meta"));
        Rewrite(scratch.PathOf("meta/consolidated.00.pth"), tensors => [.. tensors.Where(t => t.Name != "output.weight")]);
        string[] command = ["convert", scratch.PathOf("meta"), "--to", "huggingface", "--output", scratch.PathOf("back")];
        Assert.DoesNotContain("CKPT2171", (await Ckpt.DoneAsync(command)).Error, StringComparison.Ordinal);
        File.Delete(scratch.PathOf("meta/config.json"));
        Assert.Contains("CKPT2171", (await Ckpt.DoneAsync(command)).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1KB", true)]
    [InlineData("1GB", false)]
    public async Task Convert_says_that_its_files_are_larger_than_was_asked_for(string size, bool isSaid)
    {
        using var scratch = new Scratch();
        CkptResult result = await Ckpt.DoneAsync("convert", new TinyLlama().Write(scratch.PathOf("source")), "--to", "meta", "--max-shard-size", size, "--output", scratch.PathOf("meta"));
        Assert.Equal(isSaid, result.Error.Contains("CKPT4072", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Convert_of_a_folder_without_tokenizer_model_says_so()
    {
        using var scratch = new Scratch();
        CkptResult result = await Ckpt.DoneAsync("convert", new TinyLlama().Write(scratch.PathOf("source")), "--to", "meta", "--output", scratch.PathOf("meta"));
        Assert.Contains("CKPT2154", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_of_a_training_file_shows_what_is_no_tensor()
    {
        using var scratch = new Scratch();
        PickleDictionary state = new PickleDictionary(PickleDictionaryKind.Dictionary).Set("w", FormatSamples.Random("w", DType.F32, new Shape(3))).Set("epochs_run", 2).Set("lr", 0.5);
        await File.WriteAllBytesAsync(scratch.PathOf("recipe_state.pt"), PlanBytes.Of(PyTorchZipWriter.Plan("recipe_state.pt", state, PyTorchRecords.Full)), TestContext.Current.CancellationToken);
        CkptResult result = await Ckpt.DoneAsync("inspect", scratch.PathOf("recipe_state.pt"), "--json");
        Assert.Contains("recipe_state.pt: epochs_run = 2 (int)", result.Output, StringComparison.Ordinal);
        Assert.Contains("recipe_state.pt: lr = 0.5 (float)", result.Output, StringComparison.Ordinal);
        Assert.Contains("\"format\": \"pytorch\"", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_of_Meta_s_folder_knows_what_each_tensor_is()
    {
        using var scratch = new Scratch();
        await Ckpt.DoneAsync("convert", new TinyLlama().Write(scratch.PathOf("source")), "--to", "meta", "--max-shard-size", "4KB", "--output", scratch.PathOf("meta"));
        CkptResult result = await Ckpt.DoneAsync("inspect", scratch.PathOf("meta"), "--json");
        Assert.Contains("\"dialect\": \"meta\"", result.Output, StringComparison.Ordinal);
        Assert.Contains("\"role\": \"layer 0 Query\"", result.Output, StringComparison.Ordinal);
    }

    private static void Rewrite(string path, Func<TensorTable, Tensor[]> change)
    {
        byte[] changed;
        using (var opened = new FileSource(path))
        {
            TensorFile file = Format.PyTorch.Read(opened);
            changed = PlanBytes.Of(Format.PyTorch.Plan(Path.GetFileName(path), new TensorFile(new TensorTable(change(file.Tensors)), file.Metadata)));
        }

        File.WriteAllBytes(path, changed);
    }

    private static Stored Zeros(Tensor like) => new(like.Name, DType.F32, like.Shape, new MemorySource("zeros", new byte[like.Shape.ElementCount * sizeof(float)]), 0);

    private static string[] Tensors(string folder) =>
        [.. Directory.GetFiles(folder, "*.safetensors").SelectMany(Readers.SafetensorsReader.Read).Select(t => $"{t.Name} {t.DType} {Hash.Of(t.Data)}").Order(StringComparer.Ordinal)];
}

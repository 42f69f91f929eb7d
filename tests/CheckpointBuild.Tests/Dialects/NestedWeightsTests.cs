using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tests.Formats;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Tool;
using Xunit;

namespace CheckpointBuild.Tests.Dialects;

/// <summary>Weights as training programs leave them: in a dictionary of their own, under a module's name, in sets without an index, of dtypes that are no floats.</summary>
public sealed class NestedWeightsTests : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly FileSource _source;

    public NestedWeightsTests()
    {
        new TinyLlama().Write(_scratch.PathOf("plain"));
        _source = new FileSource(_scratch.PathOf("plain/model.safetensors"));
    }

    public void Dispose()
    {
        _source.Dispose();
        _scratch.Dispose();
    }

    [Theory]
    [InlineData("state_dict", "")]
    [InlineData("model", "")]
    [InlineData("module", "module.")]
    [InlineData("state_dict", "model.")]
    [InlineData("net", "")]
    [InlineData("model", "module._orig_mod.")]
    [InlineData("model", "_fsdp_wrapped_module.")]
    [InlineData("model", "base_model.model.")]
    public async Task Convert_finds_weights_in_a_dictionary_of_their_own(string key, string prefix)
    {
        var root = new PickleDictionary(PickleDictionaryKind.Dictionary).Set("epoch", 3L).Set("optimizer", new PickleDictionary(PickleDictionaryKind.Dictionary).Set("step", FormatSamples.Random("step", DType.F32, default)));
        string folder = Write("nested", ("pytorch_model.bin", root.Set(key, Weights(_ => true, prefix))));

        CkptResult result = await Ckpt.DoneAsync("convert", folder, "--to", "huggingface", "--output", _scratch.PathOf("out"));

        Assert.Contains("CKPT2153", result.Error, StringComparison.Ordinal);
        Assert.Equal(Hash.OfFile(_scratch.PathOf("plain/model.safetensors")), Hash.OfFile(_scratch.PathOf("out/model.safetensors")));
    }

    [Fact]
    public async Task Convert_finds_weights_beside_tensors_that_are_none()
    {
        var root = new PickleDictionary(PickleDictionaryKind.Dictionary).Set("loss", FormatSamples.Random("loss", DType.F32, default)).Set("state_dict", Weights(_ => true, ""));

        await Ckpt.DoneAsync("convert", Write("nested", ("pytorch_model.bin", root)), "--to", "huggingface", "--output", _scratch.PathOf("out"));

        Assert.Equal(Hash.OfFile(_scratch.PathOf("plain/model.safetensors")), Hash.OfFile(_scratch.PathOf("out/model.safetensors")));
    }

    [Theory]
    [InlineData("checkpoint", "model")]
    [InlineData("model", "state_dict")]
    [InlineData("app", "state", "net")]
    public async Task Convert_finds_weights_in_dictionaries_of_dictionaries(params string[] keys)
    {
        PickleDictionary root = keys.Reverse().Aggregate(Weights(_ => true, ""), (below, key) => new PickleDictionary(PickleDictionaryKind.Dictionary).Set("step", 1L).Set(key, below));

        CkptResult result = await Ckpt.DoneAsync("convert", Write("nested", ("pytorch_model.bin", root)), "--to", "huggingface", "--output", _scratch.PathOf("out"));

        Assert.Contains(string.Join('.', keys), result.Error, StringComparison.Ordinal);
        Assert.Equal(Hash.OfFile(_scratch.PathOf("plain/model.safetensors")), Hash.OfFile(_scratch.PathOf("out/model.safetensors")));
    }

    [Fact]
    public async Task Convert_does_not_choose_between_two_dictionaries_of_tensors()
    {
        var root = new PickleDictionary(PickleDictionaryKind.Dictionary).Set("teacher", Weights(_ => true, "")).Set("student", Weights(_ => true, ""));

        CkptResult result = await Ckpt.RunAsync("convert", Write("two", ("pytorch_model.bin", root)), "--to", "huggingface", "--output", _scratch.PathOf("out"));

        Assert.True(result.IsRefusal && result.Error.Contains("CKPT2005", StringComparison.Ordinal), result.ToString());
    }

    [Theory]
    [InlineData("_orig_mod")]
    [InlineData("_fsdp_wrapped_module")]
    [InlineData("_checkpoint_wrapped_module")]
    public async Task Convert_takes_wrappers_within_names_away(string wrapper)
    {
        var root = new PickleDictionary(PickleDictionaryKind.Dictionary);
        foreach ((object? key, object? value) in Weights(_ => true, ""))
        {
            root.Set(((string)key!).Replace("mlp.", $"mlp.{wrapper}.", StringComparison.Ordinal), value);
        }

        CkptResult result = await Ckpt.DoneAsync("convert", Write("wrapped", ("pytorch_model.bin", root)), "--to", "huggingface", "--output", _scratch.PathOf("out"));

        Assert.Contains("CKPT2063", result.Error, StringComparison.Ordinal);
        Assert.Equal(Hash.OfFile(_scratch.PathOf("plain/model.safetensors")), Hash.OfFile(_scratch.PathOf("out/model.safetensors")));
    }

    [Fact]
    public async Task Convert_refuses_a_set_without_an_index_of_which_a_shard_is_missing()
    {
        string folder = Write("set", ("pytorch_model-00001-of-00003.bin", Weights(n => n.Contains("layers", StringComparison.Ordinal), "")), ("pytorch_model-00003-of-00003.bin", Weights(n => !n.Contains("layers", StringComparison.Ordinal), "")));

        CkptResult result = await Ckpt.RunAsync("convert", folder, "--to", "huggingface", "--output", _scratch.PathOf("out"));

        Assert.True(result.IsRefusal && result.Error.Contains("pytorch_model-00002-of-00003.bin", StringComparison.Ordinal), result.ToString());
    }

    [Theory]
    [InlineData("complex64")]
    [InlineData("bool")]
    [InlineData("int64")]
    [InlineData("float8_e4m3")]
    public async Task Convert_refuses_to_cast_what_is_not_computed_with_and_keeps_it_where_nothing_is_asked(string dtype)
    {
        PickleDictionary weights = Weights(_ => true, "");
        const string Name = "model.layers.0.mlp.up_proj.weight";
        Assert.True(weights.TryGet(Name, out Tensor? tensor));
        string folder = Write("odd", ("pytorch_model.bin", weights.Set(Name, FormatSamples.Random(Name, DType.All.First(d => d.LongName == dtype), tensor.Shape))));

        CkptResult result = await Ckpt.RunAsync("convert", folder, "--to", "huggingface", "--dtype", "bfloat16", "--output", _scratch.PathOf("cast"));
        await Ckpt.DoneAsync("convert", folder, "--to", "huggingface", "--output", _scratch.PathOf("kept"));

        Assert.True(result.IsRefusal && result.Error.Contains("CKPT3004", StringComparison.Ordinal), result.ToString());
        using var kept = new FileSource(_scratch.PathOf("kept/model.safetensors"));
        Assert.Equal(dtype, Format.Safetensors.Read(kept).Tensors.First(t => t.Name == Name).DType.LongName);
    }

    private PickleDictionary Weights(Func<string, bool> which, string prefix)
    {
        var weights = new PickleDictionary(PickleDictionaryKind.Dictionary);
        foreach (Tensor tensor in Format.Safetensors.Read(_source).Tensors.Where(t => which(t.Name)))
        {
            weights.Set(prefix + tensor.Name, tensor);
        }

        return weights;
    }

    private string Write(string name, params (string File, PickleDictionary Root)[] files)
    {
        string folder = _scratch.PathOf(name);
        Directory.CreateDirectory(folder);
        foreach (string beside in (string[])["config.json", "tokenizer.json"])
        {
            File.Copy(_scratch.PathOf("plain/" + beside), Path.Combine(folder, beside));
        }

        foreach ((string file, PickleDictionary root) in files)
        {
            File.WriteAllBytes(Path.Combine(folder, file), PlanBytes.Of(PyTorchZipWriter.Plan(file, root, PyTorchRecords.Full)));
        }

        return folder;
    }
}

using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using CheckpointBuild.Building;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using CheckpointBuild.Tests.Formats;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Tool;

/// <summary><c>ckpt diff</c>: forms of one model are equal, whatever their dialect; every other difference is named and makes the exit code 1.</summary>
public sealed class DiffTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_model_equals_its_form_in_another_dialect()
    {
        string source = new TinyLlama().Write(_scratch.PathOf("a"));
        await Ckpt.DoneAsync("convert", source, "--to", "gguf", "--output", _scratch.PathOf("gguf"));

        CkptResult result = await Ckpt.DoneAsync("diff", source, _scratch.PathOf("gguf"));

        Assert.EndsWith("equal up to dialect (huggingface, gguf)\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_other_number_is_found_with_its_distance()
    {
        string first = new TinyLlama { Spoil = (name, values) => Set(name, values, 1) }.Write(_scratch.PathOf("a"));
        string second = new TinyLlama { Spoil = (name, values) => Set(name, values, 1.25f) }.Write(_scratch.PathOf("b"));

        CkptResult result = await Ckpt.RunAsync("diff", first, second);

        Assert.Equal(1, result.ExitCode);
        Assert.Equal("model.norm.weight: 1 of 64 numbers differ, max abs error 0.25\n1 tensor differs\n", result.Output);

        static void Set(string name, float[] values, float value)
        {
            if (name == "model.norm.weight")
            {
                values[3] = value;
            }
        }
    }

    [Fact]
    public async Task Another_rotary_base_is_a_difference_though_every_tensor_is_equal()
    {
        string first = new TinyLlama().Write(_scratch.PathOf("a"));
        string second = new TinyLlama { Configure = config => config["rope_theta"] = 8000000.0 }.Write(_scratch.PathOf("b"));

        CkptResult result = await Ckpt.RunAsync("diff", first, second);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("rotary base: ", result.Output, StringComparison.Ordinal);
        Assert.Contains("8000000", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_value_beside_the_tensors_of_a_file_is_a_difference()
    {
        foreach ((string name, long epoch) in new[] { ("a.pt", 3L), ("b.pt", 4L) })
        {
            var state = new PickleDictionary(PickleDictionaryKind.Dictionary).Set("w", FormatSamples.Random("w", DType.F32, new Shape(4))).Set("epoch", epoch);
            await File.WriteAllBytesAsync(_scratch.PathOf(name), PlanBytes.Of(PyTorchZipWriter.Plan(name, state, PyTorchRecords.Full)), TestContext.Current.CancellationToken);
        }

        CkptResult result = await Ckpt.RunAsync("diff", _scratch.PathOf("a.pt"), _scratch.PathOf("b.pt"));

        Assert.Equal(1, result.ExitCode);
        Assert.Equal("epoch: int 3, int 4\nthe same tensors, other values\n", result.Output);
    }

    [Fact]
    public async Task Another_dtype_is_a_difference_though_the_numbers_are_equal()
    {
        string source = new TinyLlama().Write(_scratch.PathOf("a"));
        await Ckpt.DoneAsync("convert", source, "--to", "huggingface", "--dtype", "f32", "--output", _scratch.PathOf("wide"));

        CkptResult result = await Ckpt.RunAsync("diff", source, _scratch.PathOf("wide"));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("model.norm.weight: bfloat16, float32; the same numbers", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tensor_that_one_model_lacks_and_another_shape_are_named()
    {
        string first = new TinyAdapter().Write(_scratch.PathOf("a"));
        string second = new TinyAdapter { Change = s => { s.Remove("base_model.model.model.layers.1.mlp.up_proj.lora_A.weight"); s["base_model.model.model.layers.0.mlp.up_proj.lora_A.weight"] = [3, 64]; } }.Write(_scratch.PathOf("b"));

        CkptResult result = await Ckpt.RunAsync("diff", Path.Combine(first, "adapter_model.safetensors"), second);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("layers.1.mlp.up_proj.lora_A.weight: only in the first (float32 [2, 64])", result.Output, StringComparison.Ordinal);
        Assert.Contains("layers.0.mlp.up_proj.lora_A.weight: float32 [2, 64], float32 [3, 64]", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tied_head_equals_a_copy_of_the_embedding()
    {
        string tied = new TinyLlama { Spoil = Fill }.Write(_scratch.PathOf("a"));
        string copied = new TinyLlama { Tied = false, Spoil = Fill }.Write(_scratch.PathOf("b"));

        Assert.Equal("equal\n", (await Ckpt.DoneAsync("diff", tied, copied)).Output);

        static void Fill(string name, float[] values)
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (((i * 7) + (name == "lm_head.weight" ? "model.embed_tokens.weight" : name).Length) % 64) / 64f;
            }
        }
    }

    [Fact]
    public void Numbers_that_are_not_computed_with_have_no_distance()
    {
        TensorDifference difference = CheckpointComparison.Compare(Table(DType.F8E4M3, 1), Table(DType.F8E4M3, 2), TestContext.Current.CancellationToken).Single();

        Assert.Equal("w: not the same; numbers of float8_e4m3 are not computed with, and how far they are apart is not known", difference.ToString());

        static TensorTable Table(DType dtype, byte value) => new([new Stored("w", dtype, new Shape(1, 4), new MemorySource("w", Enumerable.Repeat(value, 4).ToArray()), 0)]);
    }

    [Fact]
    public async Task What_is_no_checkpoint_is_refused()
    {
        Directory.CreateDirectory(_scratch.PathOf("empty"));

        Assert.Contains("CKPT2008", (await Ckpt.RunAsync("diff", _scratch.PathOf("empty"), _scratch.PathOf("empty"))).Error);
    }
}

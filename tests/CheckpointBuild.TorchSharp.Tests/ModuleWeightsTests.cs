using System;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Laws;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace CheckpointBuild.TorchSharp.Tests;

/// <summary>Checkpoints into modules and back: every byte, by name, or a coded error.</summary>
public sealed class ModuleWeightsTests : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly CheckpointDirectory _directory;
    private readonly Checkpoint _checkpoint;

    public ModuleWeightsTests()
    {
        _directory = CheckpointDirectory.Open(new TinyLlama { Biases = true }.Write(_scratch.PathOf("tiny")));
        _checkpoint = Dialect.Detect(_directory).Read(_directory);
    }

    public void Dispose()
    {
        _directory.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public void Load_fills_every_parameter_with_the_file_s_bytes()
    {
        using TinyModule module = Module(ScalarType.BFloat16);

        ModuleWeights.Load(module, _checkpoint, new ModuleLoadOptions(), TestContext.Current.CancellationToken);

        foreach ((string name, byte[] bytes) in Bytes(_checkpoint))
        {
            Assert.True(bytes.AsSpan().SequenceEqual(module.state_dict()[name].bytes), name);
        }
    }

    [Fact]
    public void A_module_s_values_become_the_checkpoint_that_it_was_filled_from()
    {
        using TinyModule module = Module(ScalarType.BFloat16);
        ModuleWeights.Load(module, _checkpoint, new ModuleLoadOptions(), TestContext.Current.CancellationToken);

        Checkpoint saved = ModuleWeights.Save(module, _checkpoint, new ModuleLoadOptions());
        new Builder(new BuilderOptions()).Build(new Recipe { Engine = "huggingface" }.Apply(saved), _scratch.PathOf("saved"), TestContext.Current.CancellationToken);

        Assert.Equal(Hash.OfFile(_scratch.PathOf("tiny/model.safetensors")), Hash.OfFile(_scratch.PathOf("saved/model.safetensors")));
    }

    [Fact]
    public void A_head_that_training_parted_from_its_embedding_is_saved_as_its_own()
    {
        (string Name, long[] Shape)[] names = [.. Names(), ("lm_head.weight", Names().Single(n => n.Name == "model.embed_tokens.weight").Shape)];
        using var module = new TinyModule(ScalarType.BFloat16, names);
        ModuleWeights.Load(module, _checkpoint, new ModuleLoadOptions(), TestContext.Current.CancellationToken);
        Assert.True(ModuleWeights.Save(module, _checkpoint, new ModuleLoadOptions()).Config.TiedEmbeddings);
        using (no_grad())
        {
            module.state_dict()["lm_head.weight"].fill_(3);
        }

        Checkpoint saved = ModuleWeights.Save(module, _checkpoint, new ModuleLoadOptions());
        new Builder(new BuilderOptions()).Build(new Recipe { Engine = "huggingface" }.Apply(saved), _scratch.PathOf("saved"), TestContext.Current.CancellationToken);

        using CheckpointDirectory directory = CheckpointDirectory.Open(_scratch.PathOf("saved"));
        Checkpoint read = Dialect.Detect(directory).Read(directory);
        Assert.False(read.Config.TiedEmbeddings);
        Assert.Equal(Bytes(saved).Single(b => b.Name == "lm_head.weight").Bytes, TensorValues.Bytes(read.Tensors[new TensorRole(RoleKind.Output)]));
    }

    [Fact]
    public void Save_refuses_parameters_that_the_checkpoint_has_no_place_for()
    {
        using var module = new TinyModule(ScalarType.BFloat16, [.. Names(), ("extra.weight", [4L])]);
        Assert.Equal("CKPT2366", Assert.Throws<CheckpointException>(() => ModuleWeights.Save(module, _checkpoint, new ModuleLoadOptions())).Code);
    }

    [Fact]
    public void Values_that_training_changed_reach_another_dialect()
    {
        using TinyModule module = Module(ScalarType.BFloat16);
        ModuleWeights.Load(module, _checkpoint, new ModuleLoadOptions(), TestContext.Current.CancellationToken);
        using (no_grad())
        {
            module.state_dict()["model.norm.weight"].fill_(3);
        }

        Checkpoint saved = ModuleWeights.Save(module, _checkpoint, new ModuleLoadOptions());
        new Builder(new BuilderOptions()).Build(new Recipe { Engine = "gguf", DType = DType.F32 }.Apply(saved), _scratch.PathOf("gguf"), TestContext.Current.CancellationToken);

        using CheckpointDirectory directory = CheckpointDirectory.Open(_scratch.PathOf("gguf"));
        byte[] norm = TensorValues.Bytes(Dialect.Detect(directory).Read(directory).Tensors[new TensorRole(RoleKind.FinalNorm)]);
        Assert.All(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(norm).ToArray(), value => Assert.Equal(3, value));
    }

    [Fact]
    public void Another_dtype_is_refused_unless_conversion_is_asked_for()
    {
        using TinyModule module = Module(ScalarType.Float32);

        Assert.Equal("CKPT2368", Refusal(module, new ModuleLoadOptions()));
        ModuleWeights.Load(module, _checkpoint, new ModuleLoadOptions { DTypes = DTypeRule.Convert }, TestContext.Current.CancellationToken);
        Assert.Contains(module.state_dict()["model.norm.weight"].data<float>().ToArray(), value => value != 0);
    }

    [Fact]
    public void Another_shape_is_refused()
    {
        using var module = new TinyModule(ScalarType.BFloat16, [.. Names().Select(n => n.Name == "model.norm.weight" ? (n.Name, [65L]) : n)]);

        Assert.Equal("CKPT2367", Refusal(module, new ModuleLoadOptions()));
    }

    [Fact]
    public void Names_that_one_side_lacks_are_refused_and_a_module_s_own_are_left_alone()
    {
        using var module = new TinyModule(ScalarType.BFloat16, [.. Names(), ("model.extra", [2L])]);

        Assert.Equal("CKPT2366", Refusal(module, new ModuleLoadOptions()));
        ModuleWeights.Load(module, _checkpoint, new ModuleLoadOptions { IsOwn = name => name == "model.extra" }, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void A_head_of_its_own_gets_the_embedding_of_a_tied_checkpoint()
    {
        using var module = new TinyModule(ScalarType.BFloat16, [.. Names(), ("lm_head.weight", [264L, 64L])]);

        ModuleWeights.Load(module, _checkpoint, new ModuleLoadOptions(), TestContext.Current.CancellationToken);

        Assert.True(module.state_dict()["lm_head.weight"].bytes.SequenceEqual(module.state_dict()["model.embed_tokens.weight"].bytes));
    }

    [Fact]
    public void Parameters_that_do_not_lie_row_after_row_are_filled_and_read_all_the_same()
    {
        using torch.Tensor turned = zeros(3, 5).transpose(0, 1);
        using var workspace = new Workspace();
        byte[] bytes = [.. Enumerable.Range(0, 60).Select(i => (byte)i)];
        RowTransfer.Fill(turned, new Tensors.Views.Stored("t", DType.F32, new Shape(5, 3), new ArraySource(bytes), 0), workspace);
        byte[] read = new byte[bytes.Length];

        using var source = new TorchSource("t", turned);
        source.Read(0, read);

        Assert.Equal(bytes, read);
    }

    private string Refusal(nn.Module module, ModuleLoadOptions options) => Assert.Throws<CheckpointException>(() => ModuleWeights.Load(module, _checkpoint, options, TestContext.Current.CancellationToken)).Code;

    private TinyModule Module(ScalarType dtype) => new(dtype, [.. Names()]);

    private IEnumerable<(string Name, long[] Shape)> Names() => _checkpoint.Family.Naming.TensorsOf(_checkpoint.Config).Select(t => (t.Name, t.Shape.Dimensions.ToArray()));

    private static IEnumerable<(string Name, byte[] Bytes)> Bytes(Checkpoint checkpoint) =>
        checkpoint.Family.Naming.TensorsOf(checkpoint.Config).Select(t => (t.Name, TensorValues.Bytes(t.Join(role => checkpoint.Tensors[role]))));
}

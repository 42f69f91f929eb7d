using System;
using System.Linq;
using CheckpointBuild.Building;
using CheckpointBuild.Dialects;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tests.Infrastructure;
using TorchSharp;
using TorchSharp.PyBridge;
using Xunit;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CheckpointBuild.TorchSharp.Tests;

/// <summary>PyTorch's files, written by one and read by the other of two implementations: ours, and TorchSharp.PyBridge's.</summary>
public sealed class PyBridgeTests : IDisposable
{
    private static readonly (string Name, long[] Shape)[] Names = [("model.embed.weight", [40, 12]), ("model.layers.0.proj.weight", [12, 12]), ("model.layers.0.proj.bias", [12]), ("scale", [1])];

    private readonly Scratch _scratch = new();

    public static TheoryData<ScalarType> Types => [ScalarType.Float32, ScalarType.BFloat16, ScalarType.Float16, ScalarType.Float64];

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(Types))]
    public void Files_of_PyBridge_are_read_here(ScalarType type)
    {
        using TinyModule module = Filled(type);
        module.save_py(_scratch.PathOf("state.pt"));

        using var source = new FileSource(_scratch.PathOf("state.pt"));
        TensorTable tensors = PyTorchFile.Read(source).Tensors;

        Assert.Equal(Names.Select(n => n.Name).Order(), tensors.Select(t => t.Name).Order());
        Assert.All(tensors, t => Assert.True(TensorValues.Bytes(t).AsSpan().SequenceEqual(module.state_dict()[t.Name].bytes), t.Name));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Files_that_are_written_here_are_read_by_PyBridge(ScalarType type)
    {
        using TinyModule module = Filled(type), other = new(type, Names);
        FilePlan plan = Format.PyTorch.Plan("state.pt", new TensorFile(new TensorTable(ModuleWeights.TensorsOf(module)), new Metadata()));
        new Builder(new BuilderOptions { Durability = Durability.Cached }).Build(new DirectoryPlan([plan], []), _scratch.Folder, TestContext.Current.CancellationToken);

        other.load_py(_scratch.PathOf("state.pt"));

        Assert.All(Names, n => Assert.True(module.state_dict()[n.Name].bytes.SequenceEqual(other.state_dict()[n.Name].bytes), n.Name));
    }

    [Fact]
    public void Parameters_of_the_same_memory_are_written_once()
    {
        using var module = new TiedModule();
        FilePlan plan = Format.PyTorch.Plan("state.pt", new TensorFile(new TensorTable(ModuleWeights.TensorsOf(module)), new Metadata()));
        new Builder(new BuilderOptions { Durability = Durability.Cached }).Build(new DirectoryPlan([plan], []), _scratch.Folder, TestContext.Current.CancellationToken);

        using var other = new TiedModule();
        other.load_py(_scratch.PathOf("state.pt"));

        Assert.InRange(plan.Length, module.Shared.NumberOfElements * 4, module.Shared.NumberOfElements * 6);
        Assert.True(module.Shared.bytes.SequenceEqual(other.state_dict()["head"].bytes));
    }

    private sealed class TiedModule : nn.Module
    {
        public TiedModule()
            : base("tied")
        {
            Shared = new Parameter(randn(512, 32), requires_grad: false);
            register_parameter("embedding", Shared);
            register_parameter("head", new Parameter(Shared.detach(), requires_grad: false));
        }

        public Parameter Shared { get; }
    }

    private static TinyModule Filled(ScalarType type)
    {
        var module = new TinyModule(type, Names);
        using IDisposable untracked = no_grad();
        manual_seed(3);
        foreach (torch.Tensor value in module.state_dict().Values)
        {
            value.normal_();
        }

        return module;
    }
}

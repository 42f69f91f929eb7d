using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CheckpointBuild.Building;
using CheckpointBuild.Building.Torchtune;
using CheckpointBuild.Dialects;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Runtime;
using CheckpointBuild.Tests.Infrastructure;
using FineTuneWithTorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace CheckpointBuild.TorchSharp.Tests;

/// <summary>The sample's training: what is saved in the middle goes on as if nothing had happened, and what is shipped computes what was trained.</summary>
public sealed class FineTuneTests : IDisposable
{
    // Two orders of the same sums in float32, over two layers.
    private const double MostLogit = 1e-3;

    private static readonly LoraSettings Lora = new(4, 8);
    private static readonly int[][] Texts = [[256, 72, 101, 108, 108, 111, 33, 257], [256, 71, 114, 252, 223, 101, 257], [256, 49, 50, 51, 257]];

    private readonly Scratch _scratch = new();
    private readonly CheckpointDirectory _directory;
    private readonly Checkpoint _checkpoint;

    public FineTuneTests()
    {
        set_num_threads(1);
        _directory = CheckpointDirectory.Open(new TinyLlama().Write(_scratch.PathOf("tiny")));
        _checkpoint = Dialect.Detect(_directory).Read(_directory);
    }

    private CheckpointerOptions Options => new() { Kind = CheckpointerKind.HuggingFace, CheckpointDirectory = _scratch.PathOf("tiny"), CheckpointFiles = ["model.safetensors"], OutputDirectory = _scratch.PathOf("training") };

    public void Dispose()
    {
        _directory.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public void A_resumed_run_has_the_losses_of_the_uninterrupted_one_bit_for_bit()
    {
        using var checkpointer = new Checkpointer(Options);
        PickleDictionary loaded = checkpointer.Load();
        float[] uninterrupted = Losses(New(loaded).Training, 6);
        Training first = New(loaded).Training;
        float[] before = Losses(first, 3);

        checkpointer.Save(first.AddTo(loaded), 0, SaveKind.Intermediate);
        using var resuming = new Checkpointer(Options with { ResumeFromCheckpoint = true });
        PickleDictionary found = resuming.Load();
        Training second = New(found).Training;
        second.Resume(found);

        Assert.Equal(uninterrupted, before.Concat(Losses(second, 3)));
        Assert.Equal(6, uninterrupted.Distinct().Count());
    }

    [Fact]
    public void The_engine_with_the_adapter_computes_what_the_module_computes()
    {
        using var checkpointer = new Checkpointer(Options);
        PickleDictionary loaded = checkpointer.Load();
        (Llama model, Training training) = New(loaded);
        Losses(training, 4);
        checkpointer.Save(training.AddTo(loaded), 0, SaveKind.AdapterOnly);
        File.WriteAllText(_scratch.PathOf("training/epoch_0/adapter_config.json"), """{"r": 4, "lora_alpha": 8}""");

        var recipe = new Recipe { Engine = "gguf", DType = DType.F32, Adapter = [new AdapterChoice(_scratch.PathOf("training/epoch_0/adapter_model.pt"), 1)] };
        using (EngineBuild build = EngineBuild.Open(_scratch.PathOf("tiny"), recipe, new SourceHashes(null)))
        {
            build.Run(_scratch.PathOf("engine"), new BuilderOptions(), HashTrust.ReadAgain, TestContext.Current.CancellationToken);
        }

        using CheckpointDirectory engine = CheckpointDirectory.Open(_scratch.PathOf("engine"));
        using Decoder decoder = Decoder.Load(Dialect.Detect(engine).Read(engine), new DecoderOptions { ThreadCount = 1 }, TestContext.Current.CancellationToken);
        float[] actual = new float[Texts[0].Length * _checkpoint.Config.VocabularySize];
        decoder.ForwardAll(Texts[0], actual);
        using IDisposable untracked = no_grad();
        float[] expected = [.. model.forward(tensor(Texts[0], dtype: ScalarType.Int64)).data<float>()];
        Assert.True(expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max() < MostLogit);
    }

    private (Llama Model, Training Training) New(PickleDictionary state)
    {
        manual_seed(7);
        var model = new Llama(_checkpoint.Config, Lora);
        IEnumerable<Tensors.Tensor> weights = ((PickleDictionary)state.First(p => p.Key is "model").Value!).Select(p => (Tensors.Tensor)p.Value!);
        ModuleWeights.Load(model, weights, new ModuleLoadOptions { DTypes = DTypeRule.Convert, IsOwn = Llama.IsOfAdapter }, TestContext.Current.CancellationToken);
        return (model, new Training(model, Texts));
    }

    private static float[] Losses(Training training, int steps) => [.. Enumerable.Range(0, steps).Select(_ => training.Step())];
}

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.Json;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Runtime;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Readers;
using Xunit;

namespace CheckpointBuild.Tests.Laws;

/// <summary>What holds for every family, in all its forms.</summary>
public sealed class FamilyLaws
{
    // A norm that files hold as its difference from 1 loses the digits below binary32's last one on the way there and back.
    private const float NormTolerance = 1e-7f;

    public static TheoryData<string> Samples => FamilySample.Names;

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_role_stands_in_one_tensor(string name)
    {
        FamilySample sample = FamilySample.Named(name);
        StoredTensor[] stored = [.. sample.Family.Naming.TensorsOf(sample.Config)];

        Findings.None(stored.SelectMany(t => t.Roles).GroupBy(r => r).Where(g => g.Count() > 1).Select(g => $"{g.Key} stands in {g.Count()} tensors"));
        Findings.None(stored.GroupBy(t => t.Name).Where(g => g.Count() > 1).Select(g => $"{g.Count()} tensors are called {g.Key}"));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Join_of_what_was_split_gives_the_stored_bytes(string name)
    {
        FamilySample sample = FamilySample.Named(name);
        Dictionary<string, StoredTensor> stored = sample.Family.Naming.TensorsOf(sample.Config).ToDictionary(t => t.Name);

        Findings.None(sample.Stored().Where(tensor =>
        {
            Dictionary<TensorRole, Tensor> roles = new(stored[tensor.Name].Split(tensor));
            Tensor joined = stored[tensor.Name].Join(role => roles[role]);
            return joined.Name != tensor.Name || joined.Shape != tensor.Shape || !TensorValues.Bytes(joined).SequenceEqual(TensorValues.Bytes(tensor));
        }).Select(tensor => $"{tensor.Name} came back otherwise"));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Checkpoint_that_is_written_reads_to_the_same_model(string name)
    {
        FamilySample sample = FamilySample.Named(name);
        using var scratch = new Scratch();
        using CheckpointDirectory directory = CheckpointDirectory.Open(sample.Write(scratch.PathOf("sample")));

        Checkpoint read = Dialect.Detect(directory).Read(directory);

        Assert.Equal(Json(sample.Config), Json(read.Config with { StatedDType = null, HeadDimensionIsStated = false, ContextIsStated = false }));
        Findings.None(Differences(sample.Checkpoint().Tensors, read.Tensors));
        Assert.Empty(read.Problems);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void GGUF_holds_every_role_or_is_refused_by_name(string name)
    {
        FamilySample sample = FamilySample.Named(name);
        using var scratch = new Scratch();
        try
        {
            Build(sample.Write(scratch.PathOf("sample")), new Recipe { Engine = "gguf", DType = DType.F32 }, scratch.PathOf("out"));
        }
        catch (CheckpointException e) when (e.Code == "CKPT2012")
        {
            return;
        }

        using CheckpointDirectory directory = CheckpointDirectory.Open(scratch.PathOf("out"));
        Findings.None(Differences(sample.Checkpoint().Tensors, Dialect.Named("gguf").Read(directory).Tensors));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Quantized_GGUF_converts_back_to_the_names_and_shapes_of_the_checkpoint(string name)
    {
        FamilySample sample = FamilySample.Named(name);
        using var scratch = new Scratch();
        try
        {
            Build(sample.Write(scratch.PathOf("sample")), new Recipe { Engine = "gguf", Quantization = "q8_0" }, scratch.PathOf("engine"));
        }
        catch (CheckpointException e) when (e.Code == "CKPT2012")
        {
            return;
        }

        Build(scratch.PathOf("engine"), new Recipe { Engine = "huggingface" }, scratch.PathOf("back"));

        Assert.Equal(
            sample.Stored().Select(t => $"{t.Name} {t.Shape}"),
            SafetensorsReader.Read(scratch.PathOf("back/model.safetensors")).Select(t => $"{t.Name} [{string.Join(", ", t.Shape)}]").Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Logits_do_not_depend_on_how_the_sequence_is_cut(string name)
    {
        FamilySample sample = FamilySample.Named(name);
        int[] ids = [.. Enumerable.Range(0, 21).Select(i => i * 7 % sample.Config.VocabularySize)];
        using Decoder decoder = Decoder.Load(sample.Checkpoint(), new DecoderOptions { ThreadCount = 2 }, TestContext.Current.CancellationToken);
        float[] atOnce = new float[ids.Length * sample.Config.VocabularySize];
        decoder.ForwardAll(ids, atOnce);

        decoder.Reset();
        float[] oneByOne = [.. ids.SelectMany(id => decoder.Forward([id]).ToArray())];

        Assert.All(atOnce, logit => Assert.True(float.IsFinite(logit)));
        Assert.Equal(atOnce, oneByOne);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Missing_tensor_is_refused_by_name(string name)
    {
        FamilySample sample = FamilySample.Named(name);
        ImmutableArray<Tensor> tensors = sample.Stored();
        foreach (int left in new[] { 0, tensors.Length / 2, tensors.Length - 1 })
        {
            CheckpointException error = Assert.Throws<CheckpointException>(() => Map(sample, tensors.RemoveAt(left)));
            Assert.Equal(("CKPT2005", true), (error.Code, error.Message.Contains(tensors[left].Name, StringComparison.Ordinal)));
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Unknown_tensor_is_refused_by_name(string name)
    {
        FamilySample sample = FamilySample.Named(name);
        ImmutableArray<Tensor> tensors = sample.Stored();

        CheckpointException error = Assert.Throws<CheckpointException>(() => Map(sample, tensors.Add(Renamed.Of(tensors[0], $"{tensors[0].Name}.stranger"))));

        Assert.Equal(("CKPT2006", true), (error.Code, error.Message.Contains(".stranger", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Wrong_shape_is_refused_by_name(string name)
    {
        FamilySample sample = FamilySample.Named(name);
        ImmutableArray<Tensor> tensors = sample.Stored();
        int at = tensors.Length / 2;
        Tensor longer = new JoinedRows(tensors[at].Name, [tensors[at], tensors[at]]);

        CheckpointException error = Assert.Throws<CheckpointException>(() => Map(sample, tensors.SetItem(at, longer)));

        Assert.Equal(("CKPT2007", true), (error.Code, error.Message.Contains(tensors[at].Name, StringComparison.Ordinal)));
    }

    private static void Build(string source, Recipe recipe, string output)
    {
        using EngineBuild build = EngineBuild.Open(source, recipe, new SourceHashes(null));
        build.Run(output, new BuilderOptions { Durability = Durability.Cached }, HashTrust.Remembered, TestContext.Current.CancellationToken);
    }

    private static void Map(FamilySample sample, ImmutableArray<Tensor> tensors) =>
        new RoleMapper(sample.Family, sample.Family.Naming, "sample", ImmutableArray.CreateBuilder<Diagnostic>()).Map(sample.Config, tensors);

    private static IEnumerable<string> Differences(RoleTable expected, RoleTable actual) => expected.Count != actual.Count
        ? [$"{actual.Count} roles, {expected.Count} are right"]
        : expected
            .Where(t => actual.Find(t.Key) is not { } other || other.Shape != t.Value.Shape || Values(t.Value).Zip(Values(other)).Any(v => Math.Abs(v.First - v.Second) > NormTolerance))
            .Select(t => $"{t.Key} came back otherwise");

    private static float[] Values(Tensor tensor) => MemoryMarshal.Cast<byte, float>(TensorValues.Bytes(Converted.Of(tensor, DType.F32))).ToArray();

    // Lists inside a record are compared by what they hold.
    private static string Json(ModelConfig config) => JsonSerializer.Serialize(config);
}

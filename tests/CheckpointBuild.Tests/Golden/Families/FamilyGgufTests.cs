using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.Json;
using CheckpointBuild.Building;
using CheckpointBuild.Dialects;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Runtime;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Reports.Expectations;
using Xunit;

namespace CheckpointBuild.Tests.Golden.Families;

/// <summary>Every family to GGUF and back, and the warnings where llama.cpp computes something else than the checkpoint.</summary>
public sealed class FamilyGgufTests
{
    // A norm that files hold as its difference from 1 loses the digits below binary32's last one on the way there and back.
    private const float NormTolerance = 1e-7f;

    // Beyond what the reference runtime's table of GELUs is off.
    private const double RuntimeTolerance = 1e-2;

    // The warning of longrope speaks of short texts; this case's prompt is a long one.
    private const string WarnedAlthoughEqual = "phi3-longrope-long";

    private static readonly string[] LimitCodes = ["CKPT2059", "CKPT2060"];

    private static readonly GoldenTopic Runtime = GoldenRoot.Topic("gguf/runtime");

    public static TheoryData<string> Cases => FamilyCase.NamesOfGguf();

    public static TheoryData<string> RuntimeCases => Runtime.Cases(topic => topic.Has("families-in-runtime.json")
        ? topic.PeekJson("families-in-runtime.json").GetProperty("families").EnumerateArray().Select(f => f.GetProperty("model").GetString()!).Intersect(FamilyCase.FoldersOfGguf())
        : []);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Roles_read_back_from_GGUF_hold_the_checkpoint_s_values(string name)
    {
        if (FamilyCase.Open(name) is not { } family)
        {
            return;
        }

        using var scratch = new Scratch();
        (string source, string engine, _) = Build(family, scratch);
        using CheckpointDirectory before = CheckpointDirectory.Open(source);
        using CheckpointDirectory after = CheckpointDirectory.Open(engine);
        Checkpoint checkpoint = Dialect.Detect(before).Read(before);
        RoleTable expected = checkpoint.Tensors;
        RoleTable actual = Dialect.Named("gguf").Read(after).Tensors;

        // A copy of the tied head in the source is one in the file too, where the reference writes it.
        IEnumerable<TensorRole> copies = checkpoint.TiedHeadPlace is null ? [] : actual.Select(t => t.Key).Where(role => role == new TensorRole(RoleKind.Output));
        Assert.Equal(expected.Select(t => t.Key).Concat(copies).Select(role => role.ToString()).Order(StringComparer.Ordinal), actual.Select(t => t.Key.ToString()).Order(StringComparer.Ordinal));
        Findings.None(expected
            .Where(t => t.Value.Shape != actual[t.Key].Shape || Values(t.Value).Zip(Values(actual[t.Key])).Any(v => Math.Abs(v.First - v.Second) > NormTolerance))
            .Select(t => $"{t.Key} came back otherwise"));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Logits_of_the_GGUF_equal_the_reference_where_no_warning_says_otherwise(string name)
    {
        if (FamilyCase.Open(name) is not { } family)
        {
            return;
        }

        using var scratch = new Scratch();
        (_, string engine, ImmutableArray<string> limits) = Build(family, scratch);
        if (!limits.IsEmpty)
        {
            return;
        }

        using Decoder decoder = FamilyCase.Load(engine);
        int[] ids = [.. family.Prompt, .. family.Greedy];
        float[] logits = new float[ids.Length * family.Vocabulary];
        decoder.ForwardAll(ids, logits);
        Findings.None(FloatDistance.Faults(logits, family.Logits, family.Tolerance));
    }

    [Theory]
    [MemberData(nameof(RuntimeCases))]
    public void Build_warns_where_llama_cpp_refuses_the_file_or_computes_something_else(string name)
    {
        if (Runtime.SaysAbsent(name) || FamilyCase.Open(name) is not { } family)
        {
            return;
        }

        JsonElement found = Runtime.ReadJson("families-in-runtime.json").GetProperty("families").EnumerateArray().Single(f => f.GetProperty("model").GetString() == name);
        bool loads = found.GetProperty("runtime").GetString() == "loads";
        bool isEqual = loads && found.GetProperty("prompt_logits_max_abs_difference_to_python_reference").GetDouble() < RuntimeTolerance;
        using var scratch = new Scratch();

        ImmutableArray<string> limits = Build(family, scratch).Limits;

        Assert.Equal((!isEqual || name == WarnedAlthoughEqual, !loads), (!limits.IsEmpty, limits.Contains("CKPT2060")));
    }

    private static (string Source, string Engine, ImmutableArray<string> Limits) Build(FamilyCase family, Scratch scratch)
    {
        string source = family.Assemble(scratch, older: false);
        using EngineBuild build = EngineBuild.Open(source, new Recipe { Engine = "gguf", DType = DType.F32 }, new SourceHashes(null));
        build.Run(scratch.PathOf("engine"), new BuilderOptions { Durability = Durability.Cached }, HashTrust.Remembered, TestContext.Current.CancellationToken);
        return (source, scratch.PathOf("engine"), [.. build.Warnings.Select(w => w.Code).Where(LimitCodes.Contains)]);
    }

    private static float[] Values(Tensor tensor) => MemoryMarshal.Cast<byte, float>(TensorValues.Bytes(Converted.Of(tensor, DType.F32))).ToArray();
}

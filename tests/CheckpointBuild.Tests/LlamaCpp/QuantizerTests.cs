using System;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Building;
using CheckpointBuild.Dialects;
using CheckpointBuild.Dialects.LlamaCpp;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Laws;
using Xunit;

namespace CheckpointBuild.Tests.LlamaCpp;

/// <summary>Our quantizer beside llama.cpp's own in this process, on models of which nobody recorded anything: experts, fused matrices, tied heads, widths that fit no block.</summary>
public sealed class QuantizerTests
{
    private static readonly string[] Samples = ["LlamaForCausalLM, tied", "MixtralForCausalLM, default", "Phi3ForCausalLM, default", "FalconForCausalLM, new"];

    // Kinds that the library makes as the pinned build does; its float kinds heed no patterns, and it takes the weights of pruned layers from the wrong ones.
    private static readonly (string Kind, Func<ImportanceMatrix, GgufMixOptions> Options)[] Asked =
    [
        ("q4_k_m", _ => new()),
        ("q3_k_l", matrix => new() { Importance = matrix }),
        ("q5_0", matrix => new() { Importance = matrix, OutputTensorType = DType.Q8_0, TokenEmbeddingType = Type("Q5_1") }),
        ("iq3_m", matrix => new() { Importance = matrix, TensorTypes = [new("ffn_(up|gate)", Type("IQ4_NL")), new("attn_.*\\.weight", Type("Q6_K"))] }),
        ("mxfp4_moe", _ => new()),
        ("tq2_0", _ => new() { IsPure = true }),
    ];

    public static TheoryData<string, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, int>();
            foreach (string sample in Samples)
            {
                cases.Add(sample, 256);
                cases.Add(sample, 96);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Llama_cpp_s_quantizer_gives_our_types_and_bytes(string name, int width)
    {
        using var scratch = new Scratch();
        FamilySample sample = Widened(FamilySample.Named(name), width);
        DirectoryPlan plan = Dialect.Named("gguf").Plan(sample.Checkpoint(), new PlanOptions { EngineName = "half", Policy = new GgufPolicy(GgufFileType.For(DType.F16)!) });
        new Builder(new BuilderOptions { Durability = Durability.Cached }).Build(plan, scratch.Folder, TestContext.Current.CancellationToken);
        using var source = new FileSource(scratch.PathOf("half.gguf"));
        ImportanceMatrix matrix = MatrixOf(Format.Gguf.Read(source));

        Findings.None(Asked.SelectMany(asked => Differences(source, GgufFileType.Find(asked.Kind)!, asked.Options(matrix), scratch.PathOf($"{asked.Kind}.gguf"))));
    }

    private static IEnumerable<string> Differences(FileSource source, GgufFileType kind, GgufMixOptions options, string target)
    {
        Assert.Null(LlamaCppQuantizer.Run(source.Name, target, kind, options));
        using var file = new FileSource(target);
        Tensor[] theirs = [.. Format.Gguf.Read(file).Tensors], ours = [.. new GgufQuantizer(kind, options, OverflowRule.Refuse, followsReference: false).Quantize("half", Format.Gguf.Read(source)).Tensors];
        Assert.Equal(theirs.Select(t => t.Name), ours.Select(t => t.Name));
        return [.. theirs.Zip(ours).Where(p => p.First.DType != p.Second.DType || !BytesOf(p.First).AsSpan().SequenceEqual(BytesOf(p.Second))).Select(p => $"{kind.Name}: {p.First.Name} {p.First.DType.Name}, ours {p.Second.DType.Name}")];
    }

    private static FamilySample Widened(FamilySample sample, int width)
    {
        ModelConfig config = sample.Config with { HiddenSize = width, HeadDimension = width / 4, FeedForwardSize = sample.Family.Fields.FeedForward is null ? 4 * width : width };
        return sample with
        {
            Config = sample.Family.Derive(config with
            {
                Rope = config.Rope! with { Dimensions = config.HeadDimension },
                Experts = config.Experts is { } experts ? experts with { Count = 8, FeedForwardSize = width } : null,
            }),
        };
    }

    private static ImportanceMatrix MatrixOf(TensorFile file)
    {
        var random = new SeededRandom(5);
        return new ImportanceMatrix("made-up", file.Tensors.Where(t => t.Shape.Rank > 1 && t.Name.StartsWith("blk.", StringComparison.Ordinal)).ToDictionary(
            t => t.Name,
            t => Enumerable.Range(0, (int)t.Shape.Columns * (int)(t.Shape.Rank > 2 ? t.Shape.Dimensions[0] : 1)).Select(_ => MathF.Abs(random.NextWeight()) + 0.01f).ToArray()));
    }

    private static byte[] BytesOf(Tensor tensor)
    {
        using var workspace = new Workspace();
        using Band band = tensor.ReadBand(new RowRange(0, (int)tensor.Rows), workspace);
        return band.Codes.ToArray();
    }

    private static DType Type(string name) => DType.All.Single(d => d.Name == name);
}

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tests.Laws;
using Xunit;

namespace CheckpointBuild.Tests.Dialects;

/// <summary>Models that llama.cpp has no architecture for, does not load, or computes otherwise. The golden data holds those that the reference runtime was run on.</summary>
public sealed class GgufLimitsTests
{
    /// <summary>A sample, what is changed in it, and the code that it must bring.</summary>
    public static TheoryData<string, string> Cases => [.. Changes.Select(c => (c.Key, c.Value.Code))];

    private static readonly Dictionary<string, (string Sample, Func<ModelConfig, ModelConfig> Change, string Code)> Changes = new()
    {
        ["dynamic rope scaling"] = ("LlamaForCausalLM, default", c => c with { Rope = c.Rope! with { Scaling = RopeScalingKind.Dynamic, Factor = 2, OriginalContextLength = 32 } }, "CKPT2059"),
        ["another beta of YaRN"] = ("LlamaForCausalLM, default", c => c with { Rope = c.Rope! with { Scaling = RopeScalingKind.Yarn, Factor = 2, OriginalContextLength = 32, BetaFast = 16 } }, "CKPT2059"),
        ["another nonlinearity"] = ("LlamaForCausalLM, default", c => c with { Activation = Activation.Relu }, "CKPT2059"),
        ["another base"] = ("GPTNeoXForCausalLM, default", c => c with { Rope = c.Rope! with { Theta = 50000 } }, "CKPT2059"),
        ["scaling without a key"] = ("PhiForCausalLM, default", c => c with { Rope = c.Rope! with { Scaling = RopeScalingKind.Linear, Factor = 2 } }, "CKPT2059"),
        ["experts' weights normed"] = ("Qwen2MoeForCausalLM, default", c => c with { Experts = c.Experts! with { NormalizesWeights = true } }, "CKPT2059"),
        ["residual from the norm"] = ("BloomForCausalLM, residual from the norm", c => c, "CKPT2059"),
        ["tied head"] = ("Olmo2ForCausalLM, default", c => c with { TiedEmbeddings = true }, "CKPT2060"),
        ["biases"] = ("Qwen3ForCausalLM, default", c => c with { Biases = BiasSites.QueryKeyValue | BiasSites.AttentionOutput }, "CKPT2060"),
        ["another inner width"] = ("GPT2LMHeadModel, default", c => c with { FeedForwardSize = 40 }, "CKPT2060"),
        ["dense layers among sparse ones"] = ("Qwen2MoeForCausalLM, some dense layers", c => c, "CKPT2012"),
        ["blocks one after the other"] = ("FalconForCausalLM, sequential", c => c, "CKPT2012"),
        ["normed heads"] = ("PhiForCausalLM, normed heads", c => c, "CKPT2012"),
        ["no soft caps"] = ("Gemma2ForCausalLM, default", c => c with { AttentionSoftCap = null }, "CKPT2012"),
        ["no such architecture"] = ("OPTForCausalLM, default", c => c, "CKPT2012"),
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Plan_says_what_llama_cpp_makes_of_the_model(string change, string code) => Assert.Contains(code, Codes(change));

    [Fact]
    public void Plan_says_that_rules_by_a_layers_place_no_longer_hold_behind_a_pruned_layer()
    {
        FamilySample sample = FamilySample.Named("Gemma2ForCausalLM, default");
        ModelConfig config = sample.Config with { LayerCount = 4, WindowLayers = LayerSet.Where(4, layer => layer % 2 == 0) };
        bool Warns(params ImmutableArray<int> pruned) => Plan(sample with { Config = config }, pruned).Any(w => w.Code == "CKPT2059" && w.Message.Contains("every other layer", StringComparison.Ordinal));
        Assert.False(Warns(2, 3));
        Assert.True(Warns(1));
    }

    [Theory]
    [InlineData("LlamaForCausalLM, default")]
    [InlineData("Qwen2ForCausalLM, default")]
    [InlineData("GraniteForCausalLM, default")]
    public void Plan_is_silent_where_llama_cpp_computes_the_model(string sample) =>
        Assert.DoesNotContain(Codes(FamilySample.Named(sample)), code => code is "CKPT2059" or "CKPT2060");

    private static IEnumerable<string> Codes(string change)
    {
        FamilySample sample = FamilySample.Named(Changes[change].Sample);
        return Codes(sample with { Config = Changes[change].Change(sample.Config) });
    }

    private static IEnumerable<string> Codes(FamilySample sample)
    {
        try
        {
            return [.. Plan(sample, []).Select(w => w.Code)];
        }
        catch (CheckpointException e)
        {
            return [e.Code];
        }
    }

    private static ImmutableArray<Diagnostic> Plan(FamilySample sample, ImmutableArray<int> pruned) => Dialect.Named("gguf")
        .Plan(sample.Checkpoint(), new PlanOptions { EngineName = "sample", Gguf = new GgufMixOptions { PruneLayers = pruned }, Policy = new GgufPolicy(GgufFileType.For(DType.F32)!) }).Warnings;
}

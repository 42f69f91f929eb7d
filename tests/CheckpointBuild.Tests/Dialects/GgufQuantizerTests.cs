using System;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects.LlamaCpp;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Dialects;

/// <summary>What the quantizer refuses and warns of before any data is read.</summary>
public sealed class GgufQuantizerTests
{
    [Fact]
    public void A_kind_that_is_poor_without_importance_is_refused_and_says_how_to_get_it()
    {
        CheckpointException error = Assert.Throws<CheckpointException>(() => Quantize("q2_k_s", new GgufMixOptions()));

        Assert.Equal("CKPT3070", error.Code);
        Assert.Contains("ImportanceMatrix", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_that_the_importance_matrix_lacks_is_refused_where_its_type_needs_it() =>
        Assert.Equal("CKPT3071", Assert.Throws<CheckpointException>(() => Quantize("q2_k_s", new GgufMixOptions { Importance = Matrix(("blk.1.ffn_up.weight", 256)) })).Code);

    [Fact]
    public void An_importance_matrix_of_another_width_is_refused() =>
        Assert.Equal("CKPT3072", Assert.Throws<CheckpointException>(() => Quantize("q4_k_m", new GgufMixOptions { Importance = Matrix(("blk.0.ffn_up.weight", 128)) })).Code);

    [Fact]
    public void A_layer_that_is_not_there_cannot_be_left_out() =>
        Assert.Equal("CKPT3074", Assert.Throws<CheckpointException>(() => Quantize("q4_k_m", new GgufMixOptions { PruneLayers = [5] })).Code);

    [Fact]
    public void All_layers_cannot_be_left_out() =>
        Assert.Equal("CKPT3091", Assert.Throws<CheckpointException>(() => Quantize("q4_k_m", new GgufMixOptions { PruneLayers = [0, 1, 1] })).Code);

    [Fact]
    public void An_importance_matrix_of_another_model_is_refused() =>
        Assert.Equal("CKPT3090", Assert.Throws<CheckpointException>(() => Quantize("q4_k_m", new GgufMixOptions { Importance = Matrix(("model.layers.0.mlp.up_proj.weight", 256)) })).Code);

    [Fact]
    public void A_list_is_not_overridden_by_one_value() =>
        Assert.Equal("CKPT3097", Assert.Throws<CheckpointException>(() => Quantize("q4_k_m", new GgufMixOptions { Overrides = [MetadataOverride.Parse("tokenizer.ggml.tokens=str:one")] })).Code);

    [Theory]
    [InlineData("general.architecture=int:1")]
    [InlineData("llama.block_count=str:two")]
    public void A_key_is_not_overridden_by_another_kind_of_value(string choice) =>
        Assert.Equal("CKPT3098", Assert.Throws<CheckpointException>(() => Quantize("q4_k_m", new GgufMixOptions { Overrides = [MetadataOverride.Parse(choice)] })).Code);

    [Theory]
    [InlineData("llama.context_length")]
    [InlineData("llama.context_length=512")]
    [InlineData("llama.context_length=int:-1")]
    [InlineData("llama.context_length=int:4294967296")]
    [InlineData("llama.rope.freq_base=float:NaN")]
    [InlineData("flag=bool:yes")]
    [InlineData("=str:x")]
    [InlineData("general.alignment=int:64")]
    public void A_value_that_metadata_cannot_have_is_refused(string text) =>
        Assert.Equal("CKPT9001", Assert.Throws<CheckpointException>(() => RecipeField.Find("OverrideKv")!.Set(new Recipe { Engine = "gguf" }, text)).Code);

    [Theory]
    [InlineData("a=int:512")]
    [InlineData("a.b=float:0.1")]
    [InlineData("a=bool:false")]
    [InlineData("a=str:x=y:z")]
    public void An_override_is_written_as_it_is_read(string text) => Assert.Equal(text, MetadataOverride.Parse(text).ToString());

    [Fact]
    public void An_importance_matrix_of_which_nothing_is_left_is_refused() =>
        Assert.Equal("CKPT3094", Assert.Throws<CheckpointException>(() => Matrix(("blk.1.ffn_up.weight", 256)).Of([], ["ffn"])).Code);

    [Fact]
    public void A_pattern_that_matches_nothing_warns()
    {
        (_, GgufQuantizer quantizer) = Plan("q4_k_m", new GgufMixOptions { TensorTypes = [new TensorTypeRule("ffn_donw", DType.Q8_0), new TensorTypeRule("ffn_down", DType.Q8_0)] });

        Diagnostic warning = Assert.Single(quantizer.Warnings);
        Assert.Equal("CKPT3092", warning.Code);
        Assert.Contains("ffn_donw", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pattern_that_backtracks_without_end_is_refused() =>
        Assert.Equal("CKPT9001", Assert.Throws<CheckpointException>(() => Quantize("q4_k_m", new GgufMixOptions { TensorTypes = [new TensorTypeRule("(.*)*(.*)*(.*)*x", DType.Q8_0)] })).Code);

    [Fact]
    public void Rows_that_fit_no_block_fall_back_with_one_warning_for_all()
    {
        (_, GgufQuantizer quantizer) = Plan("q4_k_m", new GgufMixOptions(), columns: 80);

        Diagnostic warning = Assert.Single(quantizer.Warnings, w => w.Message.Contains("Q4_K blocks", StringComparison.Ordinal));
        Assert.Equal("CKPT3075", warning.Code);
    }

    [Fact]
    public void Quantizing_what_is_quantized_warns()
    {
        (TensorFile file, GgufQuantizer quantizer) = Plan("q4_k_m", new GgufMixOptions(), source: DType.Q8_0);

        Assert.Equal("CKPT3076", Assert.Single(quantizer.Warnings).Code);
        Assert.Contains(file.Tensors, t => t.DType.Name == "Q4_K");
    }

    [Fact]
    public void A_width_without_a_fallback_is_refused() =>
        Assert.Equal("CKPT3073", Assert.Throws<CheckpointException>(() => Plan("q1_0", new GgufMixOptions(), columns: 80)).Code);

    [Fact]
    public void Importance_is_given_to_each_tensor_that_has_some()
    {
        (TensorFile file, _) = Plan("q4_k_m", new GgufMixOptions { Importance = Matrix(("blk.0.ffn_up.weight", 256)) });

        Assert.Equal(["blk.0.ffn_up.weight"], file.Tensors.OfType<Converted>().Where(t => t.Importance is not null).Select(t => t.Name));
        Assert.Equal(1u, file.Metadata.Get<uint?>("quantize.imatrix.entries_count"));
    }

    [Theory]
    [InlineData(Compatibility.Safe)]
    [InlineData(Compatibility.Reference)]
    public void Zeros_that_the_reference_stumbles_over_are_told_by_tensor(Compatibility compatibility)
    {
        using var scratch = new Scratch();
        var model = new TinyLlama { FeedForward = 256, Spoil = (name, values) => values.AsSpan(0, name.Contains("layers.1.mlp.down", StringComparison.Ordinal) ? 32 : 0).Clear() };
        var recipe = new Recipe { Engine = "gguf", Quantization = "q8_0", TensorTypes = [new TensorTypeRule("ffn_down", DType.All.First(t => t.Name == "IQ3_S"))], Compatibility = compatibility };
        using EngineBuild build = EngineBuild.Open(model.Write(scratch.PathOf("tiny")), recipe, new SourceHashes(null));

        BuildReport report = build.Run(scratch.PathOf("out"), new BuilderOptions(), HashTrust.ReadAgain, TestContext.Current.CancellationToken);

        Diagnostic warning = Assert.Single(report.Warnings, w => w.Code == "CKPT3093");
        Assert.Contains("1 IQ3_S tensors", warning.Message, StringComparison.Ordinal);
        Assert.Contains("blk.1.ffn_down.weight", warning.Message, StringComparison.Ordinal);
    }

    private static void Quantize(string kind, GgufMixOptions options) => Plan(kind, options);

    private static (TensorFile File, GgufQuantizer Quantizer) Plan(string kind, GgufMixOptions options, int columns = 256, DType? source = null)
    {
        var metadata = new Metadata().Add("general.architecture", "llama").Add("llama.block_count", 2u).Add("llama.attention.head_count", 8u).Add("tokenizer.ggml.tokens", new[] { "a", "b" });
        IEnumerable<string> names = Enumerable.Range(0, 2).SelectMany(layer => new[] { $"blk.{layer}.attn_v.weight", $"blk.{layer}.ffn_up.weight", $"blk.{layer}.ffn_down.weight" });
        var tensors = new TensorTable(names.Append("token_embd.weight").Select(name => new ZeroTensor(name, source ?? DType.F16, new Shape(64, columns))));
        var quantizer = new GgufQuantizer(GgufFileType.Find(kind)!, options, OverflowRule.Refuse, followsReference: false);
        return (quantizer.Quantize("tiny", new TensorFile(tensors, metadata)), quantizer);
    }

    private static ImportanceMatrix Matrix(params (string Name, int Count)[] entries) =>
        new("tiny.imatrix", entries.ToDictionary(e => e.Name, e => Enumerable.Repeat(1f, e.Count).ToArray()));
}

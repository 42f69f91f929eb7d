using System.Linq;
using System.Reflection;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Building;

/// <summary>One table feeds item metadata, options and the recipe.</summary>
public sealed class RecipeFieldTests
{
    // Plug-ins hold for all checkpoints of a build: they are an item and an option of every verb.
    [Fact]
    public void Each_property_of_a_recipe_is_a_field_and_each_field_a_property() =>
        Assert.Equal(typeof(Recipe).GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(p => p.Name).Where(n => n != nameof(Recipe.Plugins)).Order(), RecipeField.All.Select(f => f.Name).Order());

    [Theory]
    [InlineData("Engine", "GGUF", "gguf")]
    [InlineData("DType", "BF16", "bfloat16")]
    [InlineData("Quantization", "Q8_0", "q8_0")]
    [InlineData("MaxShardSize", "2GiB", "2147483648")]
    [InlineData("MaxShardSize", "1.5 KB", "1500")]
    [InlineData("EngineName", "a/b", "a-b")]
    [InlineData("TensorRtLlmVersion", "0.16.0", "0.16")]
    [InlineData("KvCacheQuantization", "FP8", "fp8")]
    [InlineData("SmoothQuant", "0.50", "0.5")]
    [InlineData("LoadModelOnCpu", "True", "true")]
    [InlineData("Adapter", " /a ; /b@0.50;;/c%40d@-1e0 ", "/a;/b@0.5;/c@d@-1")]
    [InlineData("Adapter", "/a%402@1", "/a%402")]
    [InlineData("AdapterMode", "Apart", "apart")]
    [InlineData("AdapterMode", "ALONE", "alone")]
    [InlineData("MaxPerplexityIncrease", "2%", "0.02")]
    [InlineData("MaxPerplexityIncrease", " 0.5 % ", "0.005")]
    [InlineData("MaxPerplexityIncrease", "0.02", "0.02")]
    [InlineData("MaxKlDivergence", "2e-2", "0.02")]
    public void A_value_has_one_canonical_spelling(string field, string typed, string canonical)
    {
        RecipeField entry = RecipeField.Find(field)!;

        Assert.Equal(canonical, entry.Get(entry.Set(new Recipe { Engine = "gguf" }, typed)));
    }

    [Theory]
    [InlineData("TensorTypes", "ffn_down=q8_0")]
    [InlineData("PruneLayers", "1")]
    [InlineData("Pure", "true")]
    [InlineData("IntermediateDType", "float32")]
    [InlineData("OutputTensorType", "q8_0")]
    public void A_choice_of_GGUF_files_is_refused_for_another_target(string field, string typed)
    {
        using var scratch = new Scratch();
        string model = new TinyLlama().Write(scratch.PathOf("tiny"));
        Recipe recipe = RecipeField.Find(field)!.Set(new Recipe { Engine = "huggingface" }, typed);

        Assert.Equal("CKPT9001", Assert.Throws<CheckpointException>(() => EngineBuild.Open(model, recipe, new SourceHashes(null))).Code);
    }

    [Theory]
    [InlineData("Engine", "guff", "CKPT9001")]
    [InlineData("Format", "guff", "CKPT2011")]
    [InlineData("MaxShardSize", "99999999999999999999GB", "CKPT9001")]
    [InlineData("DType", "f13", "CKPT9001")]
    [InlineData("MaxShardSize", "-1", "CKPT9001")]
    [InlineData("MaxShardSize", "9999999999999TB", "CKPT9001")]
    [InlineData("Compatibility", "maybe", "CKPT9001")]
    [InlineData("EngineName", "..", "CKPT9001")]
    [InlineData("Pure", "perhaps", "CKPT9001")]
    [InlineData("OutputTensorType", "q9_k", "CKPT9001")]
    [InlineData("TensorTypes", "attn_v", "CKPT9001")]
    [InlineData("TensorTypes", "attn_(=q8_0", "CKPT9001")]
    [InlineData("PruneLayers", "-1", "CKPT9001")]
    [InlineData("IntermediateDType", "q8_0", "CKPT9001")]
    [InlineData("Adapter", "a@1e999", "CKPT9060")]
    [InlineData("Adapter", "a@NaN", "CKPT9060")]
    [InlineData("AdapterMode", "aside", "CKPT9001")]
    [InlineData("TensorParallel", "0", "CKPT9001")]
    [InlineData("TensorRtLlmVersion", "0.9", "CKPT9001")]
    [InlineData("EmbeddingShardingDim", "2", "CKPT9001")]
    [InlineData("SmoothQuant", "1.5", "CKPT9001")]
    [InlineData("KvCacheQuantization", "int4", "CKPT9001")]
    [InlineData("MaxPerplexityIncrease", "2", "CKPT9001")]
    [InlineData("MaxPerplexityIncrease", "-1%", "CKPT9001")]
    [InlineData("MaxPerplexityIncrease", "%", "CKPT9001")]
    [InlineData("MaxPerplexityIncrease", "NaN", "CKPT9001")]
    [InlineData("MaxPerplexityIncrease", "2000%", "CKPT9001")]
    [InlineData("MaxPerplexityIncrease", "2,5%", "CKPT9001")]
    [InlineData("MaxKlDivergence", "-0.1", "CKPT9001")]
    [InlineData("MaxKlDivergence", "1e999", "CKPT9001")]
    [InlineData("MaxKlDivergence", "small", "CKPT9001")]
    public void A_value_that_means_nothing_is_refused(string field, string typed, string code) =>
        Assert.Equal(code, Assert.Throws<CheckpointException>(() => RecipeField.Find(field)!.Set(new Recipe { Engine = "gguf" }, typed)).Code);

    [Theory]
    [InlineData("Engine", "--engine")]
    [InlineData("EngineName", "--engine-name")]
    [InlineData("DType", "--dtype")]
    [InlineData("MaxShardSize", "--max-shard-size")]
    [InlineData("TensorParallel", "--tensor-parallel")]
    [InlineData("TensorRtLlmVersion", "--tensor-rt-llm-version")]
    public void Options_are_the_names_in_kebab_case(string field, string option) => Assert.Equal(option, RecipeField.Find(field)!.Option);
}

using System;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Models;
using Xunit;

namespace CheckpointBuild.Tests.Models;

/// <summary>What a configuration may say and what it may not; the families' own values are held against the golden data.</summary>
public sealed class ConfigReaderTests
{
    [Fact]
    public void Rope_of_both_styles_reads_to_the_same_embedding()
    {
        RopeConfig newer = Read("llama", c => c["rope_parameters"] = new JsonObject { ["rope_type"] = "yarn", ["rope_theta"] = 5e5, ["factor"] = 4, ["original_max_position_embeddings"] = 32 }).Rope!;
        RopeConfig older = Read("llama", c =>
        {
            c["rope_theta"] = 5e5;
            c["rope_scaling"] = new JsonObject { ["type"] = "yarn", ["factor"] = 4.0, ["original_max_position_embeddings"] = 32 };
        }).Rope!;

        Assert.Equal((newer.Theta, newer.Scaling, newer.Factor, newer.OriginalContextLength), (older.Theta, older.Scaling, older.Factor, older.OriginalContextLength));
    }

    [Fact]
    public void Window_that_is_null_is_none_and_one_that_is_absent_is_the_library_s() =>
        Assert.Equal((0, 4096), (Read("mistral", c => c["sliding_window"] = null).Window, Read("mistral", _ => { }).Window));

    [Fact]
    public void Layers_with_rotation_follow_from_the_interval_where_no_list_says_so() =>
        Assert.Equal(LayerSet.Where(4, layer => layer == 3), Read("smollm3", _ => { }).UnturnedLayers);

    [Fact]
    public void Longrope_takes_its_factor_from_the_two_contexts() =>
        Assert.Equal(4, Read("phi3", c => LongRope(c, 4)).Rope!.Factor);

    [Theory]
    [InlineData("llama", "num_hidden_layers", "2000000000")]
    [InlineData("llama", "num_key_value_heads", "3")]
    [InlineData("llama", "hidden_act", "\"swoosh\"")]
    [InlineData("llama", "rope_scaling", "\"yarn\"")]
    [InlineData("llama", "rope_theta", "0")]
    [InlineData("mixtral", "num_experts_per_tok", "9")]
    [InlineData("mixtral", "num_local_experts", "2000000000")]
    [InlineData("deepseek_v3", "n_group", "3")]
    [InlineData("gemma2", "layer_types", "[\"full_attention\"]")]
    [InlineData("gemma2", "query_pre_attn_scalar", "-1")]
    [InlineData("gemma3_text", "use_bidirectional_attention", "true")]
    [InlineData("smollm3", "no_rope_layers", "[1, 0]")]
    [InlineData("falcon", "alibi", "true")]
    [InlineData("gpt2", "scale_attn_by_inverse_layer_idx", "true")]
    [InlineData("mistral", "sliding_window", "-4")]
    public void Value_that_cannot_be_meant_is_refused(string modelType, string field, string value)
    {
        CheckpointException error = Assert.Throws<CheckpointException>(() => Read(modelType, c => c[field] = JsonNode.Parse(value)));

        Assert.Equal("CKPT2002", error.Code);
    }

    [Fact]
    public void Longrope_with_too_few_factors_is_refused()
    {
        CheckpointException error = Assert.Throws<CheckpointException>(() => Read("phi3", c => LongRope(c, 3)));

        Assert.Equal(("CKPT2002", true), (error.Code, error.Message.Contains("long_factor", StringComparison.Ordinal) || error.Message.Contains("short_factor", StringComparison.Ordinal)));
    }

    private static void LongRope(JsonObject config, int factors)
    {
        JsonArray List() => new([.. Enumerable.Repeat(1.5, factors).Select(f => (JsonNode?)f)]);
        config["original_max_position_embeddings"] = 32;
        config["rope_scaling"] = new JsonObject { ["type"] = "longrope", ["short_factor"] = List(), ["long_factor"] = List() };
    }

    // Hidden 32, four heads, four layers, under the family's own names.
    private static ModelConfig Read(string modelType, Action<JsonObject> change)
    {
        ModelFamily family = ModelFamily.FindModelType(modelType)!;
        ConfigFields fields = family.Fields;
        var config = new JsonObject { ["vocab_size"] = 40, ["num_attention_heads"] = 4, ["n_head"] = 4 };
        (string? Name, int Value)[] sizes = [(fields.Hidden, 32), (fields.Layers, 4), (fields.FeedForward, 24), (fields.HeadDimension, 8), (fields.Context, 128)];
        foreach ((string? name, int value) in sizes.Where(s => s.Name is not null))
        {
            config[name!.Split('|')[0]] = value;
        }

        change(config);
        return family.ReadConfig(new ConfigReader("config.json", JsonElement.Parse(config.ToJsonString())));
    }
}

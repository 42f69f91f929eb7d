using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Laws;
using Xunit;

namespace CheckpointBuild.Tests.Dialects;

/// <summary>Names that files of another age or tool put before and beside a family's own.</summary>
public sealed class RoleMapperTests
{
    [Theory]
    [InlineData("GPT2LMHeadModel, default", "transformer.")]
    [InlineData("BloomForCausalLM, default", "transformer.")]
    [InlineData("OPTForCausalLM, default", "model.")]
    public void Names_of_older_files_lack_the_prefix(string sample, string prefix)
    {
        FamilySample named = FamilySample.Named(sample);
        FamilySample family = named with { Config = named.Config with { TiedEmbeddings = true } };
        ImmutableArray<Tensor> older = [.. family.Stored().Select(t => Renamed.Of(t, t.Name[prefix.Length..]))];

        Assert.Equal(family.Checkpoint().Tensors.Select(t => t.Key), Map(family, older, out _).Select(t => t.Key));
    }

    [Fact]
    public void Masks_that_follow_from_the_configuration_are_left_out()
    {
        FamilySample family = FamilySample.Named("GPT2LMHeadModel, default");
        Tensor mask = Renamed.Of(family.Stored()[0], "transformer.h.0.attn.bias");

        Assert.Equal(family.Checkpoint().Tensors.Count, Map(family, family.Stored().Add(mask), out _).Count);
    }

    [Theory]
    [InlineData(1f, false)]
    [InlineData(0.5f, true)]
    public void Rotary_frequencies_of_another_configuration_are_left_out_with_a_word(float factor, bool isSaid)
    {
        FamilySample family = FamilySample.Named("MistralForCausalLM, default");
        RopeConfig rope = family.Config.Rope!;
        var stored = new Computed("model.layers.0.self_attn.rotary_emb.inv_freq", [.. Enumerable.Range(0, rope.Dimensions / 2).Select(i => rope.Frequency(i) * factor)], "test");

        RoleTable roles = Map(family, family.Stored().Add(Converted.Of(stored, DType.BF16)), out ImmutableArray<Diagnostic> problems);

        Assert.Equal(family.Checkpoint().Tensors.Count, roles.Count);
        Assert.Equal(isSaid ? ["CKPT2064"] : [], problems.Select(p => p.Code));
    }

    [Fact]
    public void Layers_that_predict_further_tokens_are_left_out_with_a_word()
    {
        FamilySample family = FamilySample.Named("DeepseekV3ForCausalLM, default");
        Tensor further = Renamed.Of(family.Stored()[0], "model.layers.4.eh_proj.weight");

        RoleTable roles = Map(family, family.Stored().Add(further), out ImmutableArray<Diagnostic> problems);

        Assert.Equal((family.Checkpoint().Tensors.Count, "CKPT2062"), (roles.Count, problems.Single().Code));
    }

    [Theory]
    [InlineData("vision_tower.patches.weight")]
    [InlineData("model.vision_tower.patches.weight")]
    [InlineData("multi_modal_projector.linear.weight")]
    public void Towers_beside_the_text_model_are_refused_by_name(string name)
    {
        FamilySample family = FamilySample.Named("Gemma3ForCausalLM, default");
        ImmutableArray<Tensor> both = [.. family.Stored().Select(t => Renamed.Of(t, "language_model." + t.Name)), Renamed.Of(family.Stored()[0], name)];

        CheckpointException error = Assert.Throws<CheckpointException>(() => Map(family, both, out _));

        Assert.Equal("CKPT2801", error.Code);
        Assert.Contains(name, error.Message, System.StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("module.")]
    [InlineData("language_model.")]
    public void Prefix_of_a_wrapper_is_taken_away_with_a_word(string prefix)
    {
        FamilySample family = FamilySample.Named("MistralForCausalLM, default");

        RoleTable roles = Map(family, [.. family.Stored().Select(t => Renamed.Of(t, prefix + t.Name))], out ImmutableArray<Diagnostic> problems);

        Assert.Equal((family.Checkpoint().Tensors.Count, "CKPT2056"), (roles.Count, problems.Single().Code));
    }

    [Fact]
    public void Text_model_of_several_towers_is_read_by_its_own_configuration()
    {
        using var scratch = new Scratch();
        string folder = FamilySample.Named("MistralForCausalLM, default").Write(scratch.PathOf("towers"));
        string file = Path.Combine(folder, "config.json");
        JsonObject text = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        text.Remove("architectures");
        File.WriteAllText(file, new JsonObject { ["architectures"] = new JsonArray("TowersForConditionalGeneration"), ["model_type"] = "towers", ["text_config"] = text }.ToJsonString());
        using CheckpointDirectory directory = CheckpointDirectory.Open(folder);

        Assert.Equal("MistralForCausalLM", Dialect.Detect(directory).Read(directory).Family.Architecture);
    }

    [Fact]
    public void Family_is_found_by_model_type_where_no_architecture_is_named()
    {
        using var scratch = new Scratch();
        string folder = FamilySample.Named("GraniteForCausalLM, default").Write(scratch.PathOf("nameless"));
        string file = Path.Combine(folder, "config.json");
        JsonObject config = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        config.Remove("architectures");
        File.WriteAllText(file, config.ToJsonString());
        using CheckpointDirectory directory = CheckpointDirectory.Open(folder);

        Assert.Equal("GraniteForCausalLM", Dialect.Detect(directory).Read(directory).Family.Architecture);
    }

    private static RoleTable Map(FamilySample family, ImmutableArray<Tensor> tensors, out ImmutableArray<Diagnostic> problems)
    {
        ImmutableArray<Diagnostic>.Builder noticed = ImmutableArray.CreateBuilder<Diagnostic>();
        RoleTable roles = new RoleMapper(family.Family, family.Family.Naming, "sample", noticed) { Prefix = family.Family.NamePrefix }.Map(family.Config, tensors).Tensors;
        problems = noticed.ToImmutable();
        return roles;
    }
}

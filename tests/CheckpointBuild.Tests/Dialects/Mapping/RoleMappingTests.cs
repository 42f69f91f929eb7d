using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects.Mapping;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Laws;
using Xunit;

namespace CheckpointBuild.Tests.Dialects.Mapping;

/// <summary>What a mapping of a user's own does to tensors before they are matched with roles.</summary>
public sealed class RoleMappingTests
{
    private static readonly ModelConfig Config = FamilySample.Named("LlamaForCausalLM, default").Config;

    [Fact]
    public void Skip_leaves_modules_out_with_a_word()
    {
        IReadOnlyList<Tensor> left = Apply(new RoleMapping().Skip(@"^vision\."), out List<Diagnostic> problems, "vision.a", "text", "vision.b");

        Assert.Equal("text", left.Single().Name);
        Diagnostic said = Assert.Single(problems);
        Assert.Equal("CKPT2830", said.Code);
        Assert.Contains("2 tensors", said.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rename_replaces_what_the_pattern_matches()
    {
        Assert.Equal("model.layers.12.mlp.up", Apply(new RoleMapping().Rename(@"^blocks\.(\d+)\.", "model.layers.$1.mlp."), out _, "blocks.12.up").Single().Name);
    }

    [Fact]
    public void Repeat_puts_a_tensor_into_every_layer()
    {
        Assert.Equal(
            Enumerable.Range(0, Config.LayerCount).Select(i => $"layers.{i}.norm"),
            Apply(new RoleMapping().Repeat("^shared", "layers.{layer}"), out _, "shared.norm").Select(t => t.Name));
    }

    [Fact]
    public void RepeatHeads_puts_each_head_several_times_in_a_row()
    {
        int head = Config.HeadDimension;
        float[] rows = [.. Enumerable.Range(0, 2 * head).Select(i => (float)i)];

        Tensor repeated = new RoleMapping().RepeatHeads("key", 2).Apply([Vector("key", rows)], Config, "", []).Single();

        Assert.Equal([.. rows[..head], .. rows[..head], .. rows[head..], .. rows[head..]], Values(repeated));
    }

    [Fact]
    public void Change_keeps_the_name()
    {
        Tensor changed = new RoleMapping().Change("norm", (t, _) => Renamed.Of(Affine.Of(t, 1), "other")).Apply([Vector("norm", [1])], Config, "", []).Single();

        Assert.Equal(("norm", 2f), (changed.Name, Values(changed).Single()));
    }

    [Fact]
    public void Steps_are_taken_in_order()
    {
        Assert.Equal("c", Apply(new RoleMapping().Rename("a", "b").Rename("b", "c"), out _, "a").Single().Name);
    }

    [Theory]
    [InlineData("(")]
    [InlineData("(?<=a)b")]
    public void Pattern_that_cannot_be_matched_in_linear_time_is_refused(string pattern)
    {
        Assert.Equal("CKPT2800", Assert.Throws<CheckpointException>(() => new RoleMapping().Skip(pattern)).Code);
    }

    private static IReadOnlyList<Tensor> Apply(RoleMapping mapping, out List<Diagnostic> problems, params string[] names)
    {
        problems = [];
        return mapping.Apply([.. names.Select(n => Vector(n, [1]))], Config, "model", problems);
    }

    private static float[] Values(Tensor tensor) => [.. MemoryMarshal.Cast<byte, float>(TensorValues.Bytes(tensor))];

    private static Computed Vector(string name, float[] values) => new(name, [.. values], "a test");
}

using System;
using System.Linq;
using CheckpointBuild.Formats;
using Xunit;

namespace CheckpointBuild.Tests.Formats;

public sealed class MetadataTests
{
    private static readonly string[] Keys = ["b", "a"];

    [Fact]
    public void Enumerating_gives_pairs_in_the_order_of_adding() =>
        Assert.Equal(Keys, new Metadata().Add("b", 1).Add("a", 2).Select(pair => pair.Key));

    [Fact]
    public void Add_of_a_key_that_is_there_throws() => Assert.Throws<ArgumentException>(() => new Metadata().Add("a", 1).Add("a", 2));

    [Fact]
    public void Get_of_another_type_gives_the_default() => Assert.Equal(0u, new Metadata().Add("a", 1).Get<uint>("a"));

    [Fact]
    public void Get_does_not_take_signed_arrays_for_unsigned() => Assert.Null(new Metadata().Add("a", new sbyte[] { 1 }).Get<byte[]>("a"));

    [Fact]
    public void Get_of_the_exact_type_gives_the_value() => Assert.Equal(7u, new Metadata().Add("a", 7u).Get<uint>("a"));

    [Fact]
    public void Get_of_a_nullable_type_gives_the_value_or_null() => Assert.Equal((7u, null), (new Metadata().Add("a", 7u).Get<uint?>("a"), new Metadata().Get<uint?>("a")));
}

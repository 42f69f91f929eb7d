using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Laws;

/// <summary>For each dialect that reads and writes: what is read back from a build equals what was built, in roles, shapes and values.</summary>
public sealed class DialectLaws
{
    private const string HasNoWords = "CKPT2012";

    /// <summary>Every dialect that writes, with every way in which a Llama may be kept.</summary>
    public static IEnumerable<TheoryDataRow<string, bool, bool>> Cases() =>
        from dialect in Dialect.All.Where(d => d.CanWrite)
        from tied in new[] { true, false }
        from biases in new[] { true, false }
        select new TheoryDataRow<string, bool, bool>(dialect.Name, tied, biases);

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_is_read_back_equals_what_was_built(string dialect, bool tied, bool biases)
    {
        using var scratch = new Scratch();
        string source = new TinyLlama { DType = DType.F32, Tied = tied, Biases = biases }.Write(scratch.PathOf("tiny"));
        try
        {
            using EngineBuild build = EngineBuild.Open(source, new Recipe { Engine = dialect, DType = DType.F32 }, new SourceHashes(null));
            build.Run(scratch.PathOf("out"), new BuilderOptions(), HashTrust.Remembered, TestContext.Current.CancellationToken);
        }
        catch (CheckpointException e) when (e.Code == HasNoWords && biases)
        {
            // A dialect may refuse by code what it has no words for; it never loses it.
            return;
        }

        using CheckpointDirectory before = CheckpointDirectory.Open(source);
        using CheckpointDirectory after = CheckpointDirectory.Open(scratch.PathOf("out"));
        Checkpoint expected = Dialect.Detect(before).Read(before);
        Checkpoint actual = Dialect.Named(dialect).Read(after);

        Assert.Equal(expected.Tensors.Select(t => t.Key), actual.Tensors.Select(t => t.Key));
        foreach ((TensorRole role, Tensor tensor) in expected.Tensors)
        {
            Assert.Equal(tensor.Shape, actual.Tensors[role].Shape);
            Assert.Equal(TensorValues.Bytes(tensor), TensorValues.Bytes(actual.Tensors[role]));
        }

        int? begin = Dialect.Named(dialect).HoldsTokenIds ? expected.Config.BeginToken : null;
        Assert.Equal(expected.Config with { StatedDType = null, HeadDimensionIsStated = false, BeginToken = begin, EndTokens = [] }, actual.Config with { StatedDType = null, HeadDimensionIsStated = false, EndTokens = [] });
        Assert.Equal(Dialect.Named(dialect).HoldsTokenIds ? expected.Config.EndTokens : [], actual.Config.EndTokens);
    }
}

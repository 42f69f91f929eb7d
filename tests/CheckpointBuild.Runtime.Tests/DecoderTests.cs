using System;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Runtime.Tests.Support;
using Xunit;

namespace CheckpointBuild.Runtime.Tests;

/// <summary>The decoder on tiny models of every make, against the same model in double precision and against itself.</summary>
public sealed class DecoderTests
{
    // Sums of a few dozen float32 products, through two layers; logits are up to 10.
    private const double LogitTolerance = 2e-5;

    // Angles are float32 products, as in the reference libraries: at position 300 they are off by up to 2e-5 radians.
    private const double LongLogitTolerance = 2e-4;

    private static readonly int[] Tokens = [.. Enumerable.Range(0, 300).Select(i => (i * 17) % 51)];

    public static TheoryData<bool, bool, Activation> Makes => new(
        from tied in new[] { true, false }
        from biases in new[] { true, false }
        from activation in Enum.GetValues<Activation>()
        select (tied, biases, activation));

    [Theory]
    [MemberData(nameof(Makes))]
    public void Logits_equal_the_model_in_double_precision(bool tied, bool biases, Activation activation)
    {
        var model = new TinyModel { Tied = tied, Biases = biases, Activation = activation };

        float[] logits = All(model.Checkpoint, Tokens[..20], threads: 2);

        AssertNear(new ReferenceDecoder(model.Checkpoint, Frequencies(model.Rope)).Logits(Tokens[..20]), logits, LogitTolerance);
    }

    [Theory]
    [InlineData("F32")]
    [InlineData("F16")]
    [InlineData("BF16")]
    [InlineData("Q8_0")]
    [InlineData("F64")]
    public void Logits_of_every_weight_dtype_equal_the_model_in_double_precision(string dtype)
    {
        var model = new TinyModel { Hidden = 64, FeedForward = 96, DType = DType.All.First(d => d.Name == dtype), Rope = new RopeConfig { Theta = 500, Dimensions = 8 } };
        Checkpoint checkpoint = dtype == "Q8_0" ? Mixed(model) : model.Checkpoint;

        float[] logits = All(checkpoint, Tokens[..20], threads: 2);

        AssertNear(new ReferenceDecoder(checkpoint, Frequencies(model.Rope)).Logits(Tokens[..20]), logits, LogitTolerance);
    }

    [Fact]
    public void Logits_past_a_pass_and_a_block_of_the_cache_equal_the_model_in_double_precision()
    {
        var model = new TinyModel();

        float[] logits = All(model.Checkpoint, Tokens, threads: 2);

        AssertNear(new ReferenceDecoder(model.Checkpoint, Frequencies(model.Rope)).Logits(Tokens), logits, LongLogitTolerance);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void Logits_do_not_depend_on_the_number_of_threads(int threads)
    {
        Checkpoint checkpoint = new TinyModel { DType = DType.F16, Biases = true }.Checkpoint;

        Assert.Equal(All(checkpoint, Tokens, threads: 1), All(checkpoint, Tokens, threads));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(255)]
    public void Logits_do_not_depend_on_how_a_sequence_is_cut(int length)
    {
        Checkpoint checkpoint = new TinyModel { DType = DType.BF16 }.Checkpoint;
        using Decoder decoder = Decoder.Load(checkpoint, new DecoderOptions { ThreadCount = 2 }, TestContext.Current.CancellationToken);
        float[] logits = new float[Tokens.Length * 51];

        for (int at = 0; at < Tokens.Length; at += length)
        {
            int count = Math.Min(length, Tokens.Length - at);
            decoder.ForwardAll(Tokens.AsSpan(at, count), logits.AsSpan(at * 51, count * 51));
        }

        Assert.Equal(All(checkpoint, Tokens, threads: 2), logits);
    }

    [Fact]
    public void Forward_gives_the_last_row_of_ForwardAll()
    {
        Checkpoint checkpoint = new TinyModel().Checkpoint;
        using Decoder decoder = Decoder.Load(checkpoint, new DecoderOptions { ThreadCount = 1 }, TestContext.Current.CancellationToken);

        Assert.Equal(All(checkpoint, Tokens, threads: 1)[^51..], decoder.Forward(Tokens).ToArray());
    }

    [Fact]
    public void Truncate_forgets_what_came_after()
    {
        using Decoder decoder = Decoder.Load(new TinyModel().Checkpoint, new DecoderOptions { ThreadCount = 1 }, TestContext.Current.CancellationToken);
        float[] first = decoder.Forward(Tokens.AsSpan(0, 9)).ToArray();
        decoder.Forward([50, 49, 48]);

        decoder.Truncate(8);
        float[] again = decoder.Forward([Tokens[8]]).ToArray();

        Assert.Equal(first, again);
        Assert.Equal(9, decoder.Position);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(51)]
    public void Forward_refuses_an_id_that_is_none_of_the_models(int id)
    {
        using Decoder decoder = Decoder.Load(new TinyModel().Checkpoint, new DecoderOptions { ThreadCount = 1 }, TestContext.Current.CancellationToken);

        CheckpointException error = Assert.Throws<CheckpointException>(() => decoder.Forward([1, id]));

        Assert.Equal("CKPT5001", error.Code);
        Assert.Equal(0, decoder.Position);
    }

    [Fact]
    public void Forward_refuses_tokens_beyond_the_context()
    {
        using Decoder decoder = Decoder.Load(new TinyModel().Checkpoint, new DecoderOptions { ThreadCount = 1, ContextLength = 4 }, TestContext.Current.CancellationToken);
        decoder.Forward([1, 2, 3]);

        CheckpointException error = Assert.Throws<CheckpointException>(() => decoder.Forward([4, 5]));

        Assert.Equal("CKPT5002", error.Code);
        Assert.Equal(3, decoder.Position);
    }

    [Fact]
    public void Load_refuses_a_context_longer_than_the_models()
    {
        CheckpointException error = Assert.Throws<CheckpointException>(() => Decoder.Load(new TinyModel().Checkpoint, new DecoderOptions { ContextLength = 641 }, TestContext.Current.CancellationToken));

        Assert.Equal("CKPT5011", error.Code);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void Load_refuses_a_weight_that_is_not_finite(float bad)
    {
        var model = new TinyModel();
        var role = new TensorRole(RoleKind.Up, 1);
        Checkpoint checkpoint = model.Checkpoint;
        float[] values = new float[56 * 40];
        values[(3 * 40) + 7] = bad;
        checkpoint = checkpoint with { Tensors = checkpoint.Tensors.Select((r, t) => r == role ? TinyModel.Of(t.Name, DType.F16, t.Shape, values) : t) };

        CheckpointException error = Assert.Throws<CheckpointException>(() => Decoder.Load(checkpoint, new DecoderOptions { ThreadCount = 2 }, TestContext.Current.CancellationToken));

        Assert.Equal("CKPT5003", error.Code);
        Assert.Contains("model.layers.1.mlp.up_proj.weight", error.Message);
        Assert.Contains("row 3, column 7", error.Message);
    }

    [Fact]
    public void Load_refuses_plain_storage()
    {
        Checkpoint checkpoint = new TinyModel().Checkpoint;
        var source = new MemorySource(new byte[4096]);
        checkpoint = checkpoint with { Tensors = checkpoint.Tensors.Select((r, t) => r.Kind == RoleKind.Gate ? new Tensors.Views.Stored(t.Name, DType.All.First(d => d.Name == "I8"), t.Shape, source, 0) : t) };

        CheckpointException error = Assert.Throws<CheckpointException>(() => Decoder.Load(checkpoint, new DecoderOptions { ThreadCount = 1 }, TestContext.Current.CancellationToken));

        Assert.Equal("CKPT5008", error.Code);
    }

    private static float[] All(Checkpoint checkpoint, int[] tokens, int threads)
    {
        using Decoder decoder = Decoder.Load(checkpoint, new DecoderOptions { ThreadCount = threads }, TestContext.Current.CancellationToken);
        float[] logits = new float[tokens.Length * checkpoint.Config.VocabularySize];
        decoder.ForwardAll(tokens, logits);
        return logits;
    }

    // Q8_0 where rows are whole blocks, float16 elsewhere: the mix that engines have.
    private static Checkpoint Mixed(TinyModel model)
    {
        Checkpoint halves = (model with { DType = DType.F16 }).Checkpoint;
        return halves with { Tensors = halves.Tensors.Select((_, t) => t.Shape.Rank == 2 && DType.Q8_0.Fits(t.Columns) ? CheckpointBuild.Tensors.Views.Converted.Of(t, DType.Q8_0) : t) };
    }

    private static double[] Frequencies(RopeConfig rope) => [.. Enumerable.Range(0, rope.Dimensions / 2).Select(i => Math.Pow(rope.Theta, -2.0 * i / rope.Dimensions))];

    private static void AssertNear(double[][] expected, float[] actual, double tolerance)
    {
        double worst = expected.SelectMany(row => row).Zip(actual, (e, a) => Math.Abs(e - a)).Max();
        TestContext.Current.SendDiagnosticMessage($"largest difference {worst:E2}");
        Assert.InRange(worst, 0, tolerance);
    }
}

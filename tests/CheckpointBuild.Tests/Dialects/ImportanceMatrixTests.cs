using System;
using System.IO;
using System.Linq;
using System.Text;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects.LlamaCpp;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Quantization;
using CheckpointBuild.Runtime;
using CheckpointBuild.Runtime.Calibrating;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using CheckpointBuild.Tests.Formats;
using CheckpointBuild.Tests.Golden;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Dialects;

/// <summary>Importance matrices of both forms, whole and damaged.</summary>
public sealed class ImportanceMatrixTests
{
    private static readonly GoldenTopic Topic = GoldenRoot.Topic("gguf/imatrix");

    [Fact]
    public void Open_reads_the_same_numbers_from_both_forms()
    {
        if (Topic.SaysAbsent())
        {
            return;
        }

        using ImportanceMatrixFile gguf = ImportanceMatrixFile.Open(Topic.Reach("imatrix.gguf")), older = ImportanceMatrixFile.Open(Topic.Reach("imatrix.dat"));

        Assert.Equal(gguf.Matrix.Names.Order(), older.Matrix.Names.Order());
        Assert.Equal((gguf.Matrix.Dataset, gguf.Matrix.Chunks), (older.Matrix.Dataset, older.Matrix.Chunks));
        foreach (string name in gguf.Matrix.Names)
        {
            Assert.True(gguf.Matrix.TryGet(name, out float[]? left) && older.Matrix.TryGet(name, out float[]? right) && left.Zip(right).All(v => MathF.Abs(v.First - v.Second) <= 1e-6f * v.First), name);
        }
    }

    [Fact]
    public void Open_takes_an_expert_without_tokens_as_even()
    {
        using var scratch = new Scratch();
        string path = WriteGguf(scratch, "imatrix", [2, 4, 6, 8], [2, 0]);

        using ImportanceMatrixFile file = ImportanceMatrixFile.Open(path);

        Assert.True(file.Matrix.TryGet("a.weight", out float[]? values));
        Assert.Equal([1f, 2f, 1f, 1f], values);
    }

    [Fact]
    public void Open_refuses_what_is_no_importance_matrix()
    {
        using var scratch = new Scratch();
        File.WriteAllText(scratch.PathOf("text"), "a calibration text, not a matrix");

        Assert.Equal("CKPT1070", Assert.Throws<CheckpointException>(() => ImportanceMatrixFile.Open(scratch.PathOf("text"))).Code);
        Assert.Equal("CKPT1070", Assert.Throws<CheckpointException>(() => ImportanceMatrixFile.Open(WriteGguf(scratch, "model", [1, 1, 1, 1], [1, 1]))).Code);
    }

    [Fact]
    public void Open_refuses_numbers_that_are_no_importance()
    {
        using var scratch = new Scratch();

        Assert.Equal("CKPT1071", Assert.Throws<CheckpointException>(() => ImportanceMatrixFile.Open(WriteGguf(scratch, "imatrix", [1, float.NaN, 1, 1], [1, 1]))).Code);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(-1)]
    [InlineData(float.PositiveInfinity)]
    public void Open_refuses_counts_that_count_nothing(float count)
    {
        using var scratch = new Scratch();

        Assert.Equal("CKPT1071", Assert.Throws<CheckpointException>(() => ImportanceMatrixFile.Open(WriteGguf(scratch, "imatrix", [1, 1, 1, 1], [1, count]))).Code);
    }

    [Fact]
    public void Open_refuses_every_cut_of_the_older_form()
    {
        using var scratch = new Scratch();
        byte[] whole = [1, 0, 0, 0, 1, 0, 0, 0, (byte)'a', 2, 0, 0, 0, 2, 0, 0, 0, 0, 0, 128, 63, 0, 0, 0, 64, .. BitConverter.GetBytes(7), .. BitConverter.GetBytes(1), .. Encoding.UTF8.GetBytes("t")];
        for (int length = 0; length < 25; length++)
        {
            File.WriteAllBytes(scratch.PathOf("cut"), whole[..length]);
            Assert.Throws<CheckpointException>(() => ImportanceMatrixFile.Open(scratch.PathOf("cut")));
        }

        File.WriteAllBytes(scratch.PathOf("whole"), whole);
        using ImportanceMatrixFile file = ImportanceMatrixFile.Open(scratch.PathOf("whole"));
        Assert.Equal(("t", 7, 1), (file.Matrix.Dataset, file.Matrix.Chunks, file.Matrix.Count));
    }

    [Fact]
    public void A_text_without_something_that_runs_the_model_is_refused()
    {
        using var scratch = new Scratch();
        string text = Write(scratch, "text.txt", "a text");

        Assert.Equal("CKPT3078", Refusal(scratch, new Recipe { Engine = "gguf", Quantization = "q4_k_m", Calibration = text }, null));
    }

    [Fact]
    public void A_text_that_is_too_short_is_refused()
    {
        using var scratch = new Scratch();
        string text = Write(scratch, "text.txt", "a text");

        Assert.Equal("CKPT3077", Refusal(scratch, new Recipe { Engine = "gguf", Quantization = "q4_k_m", Calibration = text }, new ImportanceCalibrator(DecoderOptions.Default)));
    }

    [Fact]
    public void A_text_beside_a_matrix_is_refused()
    {
        using var scratch = new Scratch();
        string text = Write(scratch, "text.txt", "a text");

        Assert.Equal("CKPT3079", Refusal(scratch, new Recipe { Engine = "gguf", Quantization = "q4_k_m", Calibration = text, ImportanceMatrix = WriteGguf(scratch, "imatrix", [1, 1, 1, 1], [1, 1]) }, null));
    }

    private static string Refusal(Scratch scratch, Recipe recipe, Calibrator? calibrator)
    {
        string model = new TinyLlama().Write(scratch.PathOf("tiny"));
        return Assert.Throws<CheckpointException>(() => EngineBuild.Open(model, recipe, new SourceHashes(null), null, calibrator)).Code;
    }

    private static string Write(Scratch scratch, string name, string text)
    {
        File.WriteAllText(scratch.PathOf(name), text);
        return scratch.PathOf(name);
    }

    private static string WriteGguf(Scratch scratch, string type, float[] sums, float[] counts)
    {
        var tensors = new TensorTable(
        [
            Stored("a.weight.in_sum2", sums, new Shape(2, 2)),
            Stored("a.weight.counts", counts, new Shape(2, 1)),
        ]);
        string path = scratch.PathOf("m.gguf");
        File.WriteAllBytes(path, PlanBytes.Of(Format.Gguf.Plan("m.gguf", new TensorFile(tensors, new Metadata().Add("general.type", type)))));
        return path;
    }

    private static Stored Stored(string name, float[] values, Shape shape) =>
        new(name, DType.F32, shape, new Laws.ArraySource(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values).ToArray()), 0);
}

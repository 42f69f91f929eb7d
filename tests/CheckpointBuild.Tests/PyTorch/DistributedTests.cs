using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Formats.Distributed;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tests.Formats;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Laws;
using CheckpointBuild.Tests.Tool;
using Xunit;

namespace CheckpointBuild.Tests.PyTorch;

/// <summary>Checkpoints that several processes saved together: <c>.metadata</c> and pieces of tensors.</summary>
public sealed class DistributedTests
{
    private const int DamagedInputs = 3000;
    private const long MostRead = 1 << 20;
    private static readonly Tensor Matrix = FormatSamples.Random("w", DType.F32, new Shape(5, 6));
    private static readonly Tensor Vector = FormatSamples.Random("v", DType.BF16, new Shape(7));

    [Theory]
    [InlineData("0 0 5 6")]
    [InlineData("3 0 2 6;0 0 3 6")]
    [InlineData("0 4 5 2;0 0 5 4")]
    [InlineData("0 0 3 2;0 2 3 4;3 0 2 5;3 5 2 1")]
    [InlineData("0 0 3 6;3 0 2 6;5 0 0 6")]
    public void Read_joins_rows_and_columns(string pieces)
    {
        using var scratch = new Scratch();
        using CheckpointDirectory folder = CheckpointDirectory.Open(new DistributedSample().Add(["model", "w"], Matrix, Pieces(pieces)).Write(scratch.PathOf("d")));
        Tensor read = Assert.Single(DistributedCheckpoint.Read(folder.OpenFile).Tensors);
        Assert.Equal(("model.w", Matrix.Shape), (read.Name, read.Shape));
        Assert.Equal(PlanBytes.Of(Matrix)[0], PlanBytes.Of(read)[0]);
    }

    [Fact]
    public void Read_joins_a_vector()
    {
        using var scratch = new Scratch();
        using CheckpointDirectory folder = CheckpointDirectory.Open(new DistributedSample().Add(["v"], Vector, (0, 3, 1, 4), (0, 0, 1, 3)).Write(scratch.PathOf("d")));
        Tensor read = Assert.Single(DistributedCheckpoint.Read(folder.OpenFile).Tensors);
        Assert.Equal(Vector.Shape, read.Shape);
        Assert.Equal(PlanBytes.Of(Vector)[0], PlanBytes.Of(read)[0]);
    }

    [Fact]
    public void Read_gives_values_their_places()
    {
        using var scratch = new Scratch();
        using CheckpointDirectory folder = CheckpointDirectory.Open(new DistributedSample().Add(["groups", "0", "step"], 7).Add(["groups", "1", "step"], 8).Write(scratch.PathOf("d")));
        PyTorchFile read = DistributedCheckpoint.Read(folder.OpenFile);
        Assert.Equal(["groups.0.step = 7", "groups.1.step = 8"], read.Values.Select(v => $"{v.Path} = {v.Value}"));
        Assert.Equal(2, Assert.IsType<PickleSequence>(Assert.IsType<PickleDictionary>(read.Root).Single().Value).Count);
    }

    [Theory]
    [InlineData("0 0 3 6")]
    [InlineData("0 0 3 6;2 0 3 6")]
    [InlineData("0 0 5 4;0 3 5 3")]
    [InlineData("0 0 3 6;0 0 3 6;3 0 2 6")]
    public void Read_refuses_pieces_that_are_not_the_whole(string pieces) => Assert.Equal("CKPT2168", CodeOf(new DistributedSample().Add(["w"], Matrix, Pieces(pieces))));

    [Fact]
    public void Read_refuses_a_file_elsewhere() => Assert.Equal("CKPT2168", CodeOf(new DistributedSample { PieceFile = "../__0_0.distcp" }.Add(["w"], Matrix, (0, 0, 5, 6))));

    [Fact]
    public void Read_names_a_file_that_is_missing() => Assert.Equal("CKPT1001", CodeOf(new DistributedSample { PieceFile = "__1_0.distcp" }.Add(["w"], Matrix, (0, 0, 5, 6))));

    [Fact]
    public void Read_refuses_two_values_at_one_place() => Assert.Equal("CKPT2168", CodeOf(new DistributedSample().Add(["a"], 1).Add(["a", "b"], 2)));

    [Fact]
    public void Read_refuses_a_class_that_is_not_on_the_list() => Assert.Equal("CKPT1150", CodeOf(new DistributedSample { Class = "os\nsystem" }.Add(["a"], 1)));

    [Theory]
    [InlineData(".metadata", 40)]
    [InlineData("__0_0.distcp", 100)]
    public void Read_of_a_file_that_ends_early_is_refused(string file, int bytes)
    {
        using var scratch = new Scratch();
        string folder = new DistributedSample().Add(["w"], Matrix, (0, 0, 5, 6)).Write(scratch.PathOf("d"));
        File.WriteAllBytes(Path.Combine(folder, file), File.ReadAllBytes(Path.Combine(folder, file))[..bytes]);
        using CheckpointDirectory opened = CheckpointDirectory.Open(folder);
        Assert.StartsWith("CKPT1", Assert.Throws<CheckpointException>(() => DistributedCheckpoint.Read(opened.OpenFile)).Code, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_files_are_read_or_refused_by_code()
    {
        using var scratch = new Scratch();
        string folder = new DistributedSample().Add(["model", "w"], Matrix, Pieces("3 0 2 6;0 0 3 6")).Add(["model", "v"], Vector, (0, 0, 1, 7)).Add(["seed"], 7).Write(scratch.PathOf("d"));
        var files = Directory.GetFiles(folder).ToDictionary(f => Path.GetFileName(f), File.ReadAllBytes);
        for (int input = 0; input < DamagedInputs; input++)
        {
            var random = new Random(input);
            string damaged = random.Next(4) == 0 ? "__0_0.distcp" : DistributedIndex.FileName;
            byte[] bytes = [.. files[damaged]];
            for (int times = random.Next(1, 5); times > 0; times--)
            {
                bytes[random.Next(bytes.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : bytes[random.Next(bytes.Length)];
            }

            Exception? refusal = Record.Exception(() =>
            {
                foreach (Tensor tensor in DistributedCheckpoint.Read(name => new ArraySource(name == damaged ? bytes : files.GetValueOrDefault(name) ?? throw new CheckpointException("CKPT1001", name), name)).Tensors.Where(t => t.ByteCount < MostRead))
                {
                    _ = PlanBytes.Of(tensor);
                }
            });
            Assert.True(refusal is null or CheckpointException, $"Input {input}: {refusal}");
        }
    }

    [Theory]
    [InlineData("huggingface")]
    [InlineData("torchtune")]
    public async Task Diff_of_a_state_in_pieces_and_its_model_finds_none(string dialect)
    {
        using var scratch = new Scratch();
        string source = new TinyLlama().Write(scratch.PathOf("source")), folder = scratch.PathOf("dist_epoch_1");
        await Ckpt.DoneAsync("convert", source, "--to", dialect, "--output", scratch.PathOf("whole"));
        using (CheckpointDirectory whole = CheckpointDirectory.Open(Directory.EnumerateFiles(scratch.PathOf("whole"), "model*", SearchOption.AllDirectories).First(f => f.EndsWith(".safetensors", StringComparison.Ordinal) || f.EndsWith(".bin", StringComparison.Ordinal))))
        {
            ByteSource file = whole.OpenFile(whole.File!);
            DistributedSample sample = Format.Detect(file).Read(file).Tensors.Aggregate(new DistributedSample().Add(["epochs_run"], 1), (all, t) => all.Add(["model", t.Name], t, Halves(t)));
            sample.Write(folder);
        }

        File.Copy(Path.Combine(source, "config.json"), Path.Combine(folder, "config.json"));
        File.Copy(Path.Combine(source, "tokenizer.json"), Path.Combine(folder, "tokenizer.json"));
        CkptResult difference = await Ckpt.RunAsync("diff", folder, source);
        Assert.True(difference.ExitCode == 0, difference.Output + difference.Error);
    }

    [Fact]
    public async Task Convert_without_a_configuration_says_so()
    {
        using var scratch = new Scratch();
        CkptResult result = await Ckpt.RunAsync("convert", new DistributedSample().Add(["w"], Matrix, (0, 0, 5, 6)).Write(scratch.PathOf("d")), "--to", "huggingface", "--output", scratch.PathOf("out"));
        Assert.Contains("CKPT2167", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Diff_needs_no_configuration()
    {
        using var scratch = new Scratch();
        string one = new DistributedSample().Add(["w"], Matrix, (0, 0, 5, 6)).Write(scratch.PathOf("one")), other = new DistributedSample().Add(["w"], Matrix, Pieces("0 0 2 6;2 0 3 6")).Write(scratch.PathOf("other"));
        Assert.Equal("equal", (await Ckpt.DoneAsync("diff", one, other)).Output.Trim());
    }

    [Fact]
    public async Task Inspect_shows_tensors_and_values()
    {
        using var scratch = new Scratch();
        CkptResult result = await Ckpt.DoneAsync("inspect", new DistributedSample().Add(["model", "w"], Matrix, (0, 0, 5, 6)).Add(["seed"], 7).Write(scratch.PathOf("d")), "--json");
        Assert.Contains("\"format\": \"pytorch-distributed\"", result.Output, StringComparison.Ordinal);
        Assert.Contains("\"name\": \"model.w\"", result.Output, StringComparison.Ordinal);
        Assert.Contains(".metadata: seed = 7 (int)", result.Output, StringComparison.Ordinal);
    }

    private static (long Row, long Column, long Rows, long Columns)[] Halves(Tensor tensor) => tensor.Shape.Rank == 1
        ? [(0, 0, 1, tensor.Columns / 2), (0, tensor.Columns / 2, 1, tensor.Columns - (tensor.Columns / 2))]
        : [(0, 0, tensor.Rows / 2, tensor.Columns), (tensor.Rows / 2, 0, tensor.Rows - (tensor.Rows / 2), tensor.Columns)];

    private static string CodeOf(DistributedSample sample)
    {
        using var scratch = new Scratch();
        using CheckpointDirectory folder = CheckpointDirectory.Open(sample.Write(scratch.PathOf("d")));
        return Assert.Throws<CheckpointException>(() => DistributedCheckpoint.Read(folder.OpenFile)).Code;
    }

    private static (long, long, long, long)[] Pieces(string text) => [.. text.Split(';').Select(p => p.Split(' ').Select(long.Parse).ToArray()).Select(p => (p[0], p[1], p[2], p[3]))];
}

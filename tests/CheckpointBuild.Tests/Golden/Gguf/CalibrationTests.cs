using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using CheckpointBuild.Building;
using CheckpointBuild.Dialects.LlamaCpp;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Runtime;
using CheckpointBuild.Runtime.Calibrating;
using CheckpointBuild.Tests.Golden.DocLlama;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Golden.Gguf;

/// <summary>The importance matrix that the runtime measures against the one of <c>llama-imatrix</c> for the same text.</summary>
public sealed class CalibrationTests
{
    private const string Text = "calibration.txt";

    // llama.cpp's own builds differ by up to 6e-4 from one another; 2e-3 is what a matrix may be off.
    private const double Tolerance = 2e-3;

    private static readonly GoldenTopic Topic = GoldenRoot.Topic("gguf/imatrix");

    [Fact]
    public void Build_measures_what_the_reference_measures_and_measures_once()
    {
        if (Topic.SaysAbsent() || !Topic.Has(Text) || DocLlamaData.Model.SaysAbsent())
        {
            return;
        }

        using var scratch = new Scratch();
        var recipe = new Recipe { Engine = "gguf", Quantization = "q4_k_m", Calibration = Topic.Reach(Text) };
        byte[] first = Build(recipe, scratch, "first", new ImportanceCalibrator(DecoderOptions.Default));
        byte[] second = Build(recipe, scratch, "second", new NoCalibrator());

        Assert.Equal(first, second);
        using ImportanceMatrixFile ours = ImportanceMatrixFile.Open(Assert.Single(Directory.GetFiles(scratch.PathOf("hashes"), "importance-*"))), theirs = ImportanceMatrixFile.Open(Topic.Reach("imatrix.gguf"));
        Assert.Equal(theirs.Matrix.Names.Order(StringComparer.Ordinal), ours.Matrix.Names.Order(StringComparer.Ordinal));
        Findings.None(theirs.Matrix.Names.SelectMany(name => Faults(name, ours.Matrix, theirs.Matrix)));
    }

    private static byte[] Build(Recipe recipe, Scratch scratch, string name, Calibrator calibrator)
    {
        Directory.CreateDirectory(scratch.PathOf("hashes"));
        using EngineBuild build = EngineBuild.Open(DocLlamaData.Model.Reach(), recipe, new SourceHashes(scratch.PathOf("hashes")), null, calibrator);
        build.Run(scratch.PathOf(name), new BuilderOptions { Durability = Durability.Cached }, HashTrust.Remembered, CancellationToken.None);
        return File.ReadAllBytes(Assert.Single(Directory.GetFiles(scratch.PathOf(name), "*.gguf")));
    }

    private static IEnumerable<string> Faults(string name, ImportanceMatrix ours, ImportanceMatrix theirs)
    {
        if (!ours.TryGet(name, out float[]? left) || !theirs.TryGet(name, out float[]? right) || left.Length != right.Length)
        {
            yield return $"{name}: another number of channels";
            yield break;
        }

        double worst = left.Zip(right).Max(c => Math.Abs(c.First - c.Second) / Math.Max(Math.Abs((double)c.Second), float.Epsilon));
        if (worst > Tolerance)
        {
            yield return $"{name}: a channel is {worst:G3} off";
        }
    }

    /// <summary>One that must not be asked.</summary>
    private sealed class NoCalibrator : Calibrator
    {
        public override IReadOnlyDictionary<TensorRole, ChannelSums> SumSquares(Checkpoint checkpoint, ReadOnlyMemory<int> ids, int window, CancellationToken cancellation) =>
            throw new InvalidOperationException("what was measured before is measured again");

        public override IReadOnlyDictionary<TensorRole, ModuleStatistics> LargestMagnitudes(Checkpoint checkpoint, IReadOnlyList<ReadOnlyMemory<int>> sequences, Action<long, long>? progress, CancellationToken cancellation) =>
            throw new InvalidOperationException("what was measured before is measured again");
    }
}

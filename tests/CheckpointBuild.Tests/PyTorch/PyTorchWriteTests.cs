using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using CheckpointBuild.Building;
using CheckpointBuild.Dialects;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using CheckpointBuild.Tests.Formats;
using CheckpointBuild.Tests.Golden;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Laws;
using Xunit;

namespace CheckpointBuild.Tests.PyTorch;

/// <summary>Archives that we write: the bytes that PyTorch's safe loader takes, the rules of their records, and what is shared.</summary>
public sealed class PyTorchWriteTests
{
    private static readonly GoldenTopic Topic = GoldenRoot.Topic("torch-containers");

    public static TheoryData<string> Accepted => Topic.Topic("accepted").Cases(t => t.Files("*").Where(f => !f.EndsWith(".json", StringComparison.Ordinal)));

    [Fact]
    public void Plan_of_one_tensor_gives_the_smallest_file_that_PyTorch_takes()
    {
        if (!Topic.SaysAbsent())
        {
            Assert.Equal(Topic.ReadBytes("hand-made/minimal.pt"), PlanBytes.Of(PyTorchZipWriter.Plan("archive", OneTensor(), PyTorchRecords.Least)));
        }
    }

    [Fact]
    public void Plan_of_one_tensor_gives_the_records_of_today_s_PyTorch()
    {
        if (Topic.SaysAbsent())
        {
            return;
        }

        // The id of an object is any forty digits; the golden file's are zeros. Its sum stands twice.
        byte[] ours = PlanBytes.Of(PyTorchZipWriter.Plan("archive", OneTensor(), PyTorchRecords.Full));
        byte[] golden = Topic.ReadBytes("hand-made/full.pt");
        Assert.Equal(golden.Length, ours.Length);
        int differing = Enumerable.Range(0, golden.Length).Count(i => golden[i] != ours[i]);
        Assert.InRange(differing, 1, 40 + (2 * sizeof(uint)));
        int id = golden.AsSpan().IndexOf(new string('0', 40).Select(c => (byte)c).ToArray());
        Assert.All(ours.AsSpan(id, 40).ToArray(), digit => Assert.InRange(digit, (byte)'0', (byte)'9'));
    }

    [Theory]
    [MemberData(nameof(Accepted))]
    public void Write_of_what_was_read_keeps_tensors_values_and_what_is_shared(string name)
    {
        GoldenTopic accepted = Topic.Topic("accepted");
        if (accepted.SaysAbsent(name))
        {
            return;
        }

        using var scratch = new Scratch();
        using var source = new FileSource(accepted.Reach(name));
        PyTorchFile file = PyTorchFile.Read(source);
        string path = Build(PyTorchZipWriter.Plan("again.pt", file.Root, PyTorchRecords.Full), scratch);

        using var written = new FileSource(path);
        PyTorchFile again = PyTorchFile.Read(written);
        Assert.Equal(Print(file), Print(again));
        Assert.Equal(Groups(file), Groups(again));
        Findings.None(TorchRecordRules.Broken(path));
    }

    [Fact]
    public void Build_gives_the_same_bytes_whatever_threads_and_bands()
    {
        var file = new TensorFile(new TensorTable([FormatSamples.Random("a", DType.BF16, new Shape(517, 33)), FormatSamples.Random("b", DType.F32, new Shape(1000))]), new Metadata());
        FilePlan plan = Format.PyTorch.Plan("model.bin", file);
        using var scratch = new Scratch();
        byte[] wanted = PlanBytes.Of(plan);
        foreach ((int workers, int band) in ((int, int)[])[(1, 1 << 20), (3, 512), (2, 4096)])
        {
            new Builder(new BuilderOptions { Workers = workers, BandBytes = band, Durability = Durability.Cached }).Build(new DirectoryPlan([plan], []), scratch.Folder, TestContext.Current.CancellationToken);
            Assert.Equal(wanted, File.ReadAllBytes(scratch.PathOf("model.bin")));
        }
    }

    [Fact]
    public void Report_gives_the_hash_of_the_file_with_its_checksums()
    {
        FilePlan plan = Format.PyTorch.Plan("model.bin", FormatSamples.Small());
        using var scratch = new Scratch();
        BuiltFile built = Assert.Single(new Builder(new BuilderOptions { Durability = Durability.Cached }).Build(new DirectoryPlan([plan], []), scratch.Folder, TestContext.Current.CancellationToken));
        Assert.Equal(Hash.OfFile(scratch.PathOf("model.bin")), built.Sha256);
    }

    [Fact]
    public void Platform_reads_the_archive_and_its_sums()
    {
        using var scratch = new Scratch();
        using ZipArchive zip = ZipFile.OpenRead(Build(Format.PyTorch.Plan("model.bin", FormatSamples.Small()), scratch));
        Assert.Equal(
            ["model/data.pkl", "model/.format_version", "model/.storage_alignment", "model/byteorder", "model/data/0", "model/data/1", "model/data/2", "model/version", "model/.data/serialization_id"],
            zip.Entries.Select(e => e.FullName));
    }

    private static PickleDictionary OneTensor() =>
        new PickleDictionary(PickleDictionaryKind.Dictionary).Set("w", new Stored("w", DType.F32, new Shape(2), new ArraySource([0, 0, 128, 63, 0, 0, 0, 64]), 0));

    private static string Build(FilePlan plan, Scratch scratch)
    {
        new Builder(new BuilderOptions { Durability = Durability.Cached }).Build(new DirectoryPlan([plan], []), scratch.Folder, TestContext.Current.CancellationToken);
        return scratch.PathOf(plan.Path);
    }

    private static IEnumerable<string> Print(PyTorchFile file) =>
        file.Tensors.Select(t => $"{t.Name} {t.DType} {t.Shape} {Hash.Of(PlanBytes.Of(t)[0])}").Concat(file.Values.Select(v => $"{v.Path} {v.Type} {(v.Value is byte[] bytes ? Convert.ToHexString(bytes) : v.Value)}"));

    // Tensors that look at the same storage, by name; those that were turned around on reading are copies afterwards.
    private static IEnumerable<string> Groups(PyTorchFile file) => file.Tensors
        .Where(t => t.ByteCount > 0)
        .GroupBy(t => t switch { Stored s => (s.Source, s.Offset), StorageView v => (v.Storage.Source, v.Storage.Offset), _ => ((ByteSource?)null, 0L) })
        .Where(g => g.Key.Item1 is not null && g.Count() > 1)
        .Select(g => string.Join(' ', g.Select(t => t.Name)));
}

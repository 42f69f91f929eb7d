using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Laws;

/// <summary>The rows law: reading a tensor in any partition into bands, from any threads, gives the same bytes.</summary>
public sealed class TensorLaws
{
    private const int Trials = 16;

    public static TheoryData<string> Views => [.. ViewCases.All.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Views))]
    public void Read_at_once_gives_what_the_views_mean(string name)
    {
        ViewCase view = Case(name);
        byte[] actual = new byte[view.Tensor.ByteCount];
        using var workspace = new Workspace();

        view.Tensor.Read(new RowRange(0, (int)view.Tensor.Rows), new Planes(actual), workspace);

        Assert.Equal(view.Expected, actual);
    }

    [Theory]
    [MemberData(nameof(Views))]
    public void Read_in_any_partition_from_many_threads_gives_the_same_bytes(string name)
    {
        ViewCase view = Case(name);
        var random = new SeededRandom(17);
        using var workspace = new Workspace();

        for (int trial = 0; trial < Trials; trial++)
        {
            byte[] actual = new byte[view.Tensor.ByteCount];
            Parallel.ForEach(Partition((int)view.Tensor.Rows, random), band => view.Tensor.Read(band, Slice(view.Tensor, actual, band), workspace));
            Assert.Equal(view.Expected, actual);
        }
    }

    [Theory]
    [MemberData(nameof(Views))]
    public void Read_in_any_order_gives_the_same_bytes(string name)
    {
        ViewCase view = Case(name);
        byte[] actual = new byte[view.Tensor.ByteCount];
        using var workspace = new Workspace();

        foreach (RowRange band in Partition((int)view.Tensor.Rows, new SeededRandom(19)).Reverse<RowRange>())
        {
            using Band lent = view.Tensor.ReadBand(band, workspace);
            lent.Codes.CopyTo(Slice(view.Tensor, actual, band).Codes);
        }

        Assert.Equal(view.Expected, actual);
    }

    [Theory]
    [MemberData(nameof(Views))]
    public void Read_gives_every_band_back_to_the_workspace(string name)
    {
        ViewCase view = Case(name);
        byte[] row = new byte[view.Tensor.RowBytes(0)];
        using var workspace = new Workspace();
        Read(0);
        long settled = workspace.BytesHeld;

        for (int i = 0; i < view.Tensor.Rows; i++)
        {
            Read(i);
        }

        // A view that touches several runs may lend bands of other sizes later, but never one more for each row.
        Assert.InRange(workspace.BytesHeld, 0, Math.Max(settled, 1) * 4);

        void Read(int index)
        {
            if (view.Tensor.Rows > 0)
            {
                view.Tensor.Read(new RowRange(index, 1), new Planes(row), workspace);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Views))]
    public void Derivation_ends_at_stored_bytes_or_at_a_reason(string name)
    {
        string derivation = Case(name).Tensor.Derivation;

        Assert.True(derivation.Contains("memory:", StringComparison.Ordinal) || derivation.Contains("computed(", StringComparison.Ordinal), derivation);
    }

    [Fact]
    public void Every_view_has_a_case()
    {
        IEnumerable<Type> views = Concrete<Tensor>();
        Findings.None(views.Except(ViewCases.All.SelectMany(c => Within(c.Tensor)).Select(part => part.GetType())).Select(t => t.Name));
    }

    [Fact]
    public void Every_row_map_has_a_case()
    {
        IEnumerable<Type> maps = Concrete<RowMap>();
        Findings.None(maps.Except(ViewCases.All.SelectMany(c => Within(c.Tensor)).Select(part => part.GetType())).Select(t => t.Name));
    }

    private static ViewCase Case(string name) => ViewCases.All.Single(c => c.Name == name);

    private static IEnumerable<Type> Concrete<T>() => typeof(Tensor).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(T)) && !t.IsAbstract);

    // A record's own properties lead to the tensors and maps that it is made of.
    private static IEnumerable<object> Within(object part) => new[] { part }.Concat(part.GetType().GetProperties()
        .Where(p => p.GetIndexParameters().Length == 0)
        .Select(p => p.GetValue(part))
        .SelectMany(value => value switch
        {
            Tensor or RowMap => Within(value),
            IEnumerable<Tensor> many => many.SelectMany(Within),
            _ => [],
        }));

    private static List<RowRange> Partition(int rows, SeededRandom random)
    {
        var bands = new List<RowRange>();
        int most = 1 + random.Next(Math.Max(rows, 1));
        for (int from = 0; from < rows;)
        {
            int count = Math.Min(rows - from, 1 + random.Next(most));
            bands.Add(new RowRange(from, count));
            from += count;
        }

        return bands;
    }

    private static Planes Slice(Tensor tensor, byte[] bytes, RowRange band) => new(bytes.AsSpan((int)tensor.PlaneBytes(0, band.Start), (int)tensor.PlaneBytes(0, band.Count)));
}

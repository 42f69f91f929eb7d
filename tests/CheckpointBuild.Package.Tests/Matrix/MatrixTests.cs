using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CheckpointBuild.Package.Tests.Package;
using Xunit;

namespace CheckpointBuild.Package.Tests.Matrix;

/// <summary>Every kind of project goes through a day of builds; each cell is a claim about one step. Without <c>CHECKPOINTBUILD_MATRIX=whole</c> only the fast rows do.</summary>
public sealed class MatrixTests(PackageFeed feed, MatrixTests.Rows rows) : IClassFixture<MatrixTests.Rows>
{
    public static TheoryData<string, string> Cells
    {
        get
        {
            var cells = new TheoryData<string, string>();
            foreach (Shape shape in Shapes.All.Where(s => MatrixScope.Wants(s.Name, s.IsFast)))
            {
                foreach (Step step in Steps.All.Where(s => Applies(shape, s)))
                {
                    cells.Add(shape.Name, step.Name);
                }
            }

            return cells;
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Cell_holds(string shape, string step)
    {
        string? fault = rows.Of(feed, Shapes.All.Single(s => s.Name == shape))[step];
        Assert.True(fault is null, fault);
    }

    [Fact]
    public void Readme_table_equals_the_lists()
    {
        ReadmeTable.Is("matrix", Table());
    }

    [Fact]
    public void The_matrix_has_at_least_120_cells() => Assert.True(Shapes.All.Sum(shape => Steps.All.Count(step => Applies(shape, step))) >= 120);

    private static IEnumerable<string> Table() =>
    [
        "| | " + string.Join(" | ", Steps.All.Select(s => s.Name)) + " |",
        "|---|" + string.Concat(Steps.All.Select(_ => ":-:|")),
        .. Shapes.All.Select(shape => $"| {shape.Name} | " + string.Join(" | ", Steps.All.Select(step => !Applies(shape, step) ? "" : shape.IsFast ? "●" : "○")) + " |"),
    ];

    private static bool Applies(Shape shape, Step step) => step.AppliesTo(shape) && !shape.Without.ContainsKey(step.Name);

    /// <summary>The rows, each gone through once.</summary>
    public sealed class Rows : IDisposable
    {
        private readonly Oracle _oracle = new();
        private readonly ConcurrentDictionary<string, Lazy<Dictionary<string, string?>>> _results = new();

        /// <summary>What went wrong in each step of a row; null where nothing did.</summary>
        public IReadOnlyDictionary<string, string?> Of(PackageFeed feed, Shape shape) => _results.GetOrAdd(shape.Name, _ => new(() => GoThrough(feed, shape))).Value;

        public void Dispose() => _oracle.Dispose();

        private Dictionary<string, string?> GoThrough(PackageFeed feed, Shape shape)
        {
            var results = new Dictionary<string, string?>();
            using var site = new Site(feed, _oracle, shape);
            foreach (Step step in Steps.All.Where(s => Applies(shape, s)))
            {
                try
                {
                    step.Run(site);
                    results[step.Name] = null;
                }
                catch (Exception e) when (e is Xunit.Sdk.XunitException or IOException or UnauthorizedAccessException or InvalidOperationException)
                {
                    results[step.Name] = e.Message;
                }
            }

            return results;
        }
    }
}

using System;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Quantization;
using CheckpointBuild.Quantization.Judging;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Building.Quality;

/// <summary>Which kind of GGUF file would keep a budget: sizes are known from plans, quality is estimated from a few rows of each matrix.</summary>
/// <param name="recipe">What was asked for.</param>
/// <param name="plan">The files that a recipe would write.</param>
internal sealed class TypeAdvice(Recipe recipe, Func<Recipe, DirectoryPlan> plan)
{
    private const int SampledRows = 8;

    // Made for weights that were trained for them, or for the experts of one model.
    private static readonly string[] Special = ["tq1_0", "tq2_0", "q1_0", "q2_0", "mxfp4_moe"];

    /// <summary>The kinds that suit any model, with the files that they would give, the smallest first; those that lack an importance matrix are left out.</summary>
    public IReadOnlyList<(string Name, DirectoryPlan Plan, long Size)> Kinds => [.. GgufFileType.All
        .Where(kind => !Special.Contains(kind.Name))
        .Select(kind => (kind.Name, Plan: Try(kind)))
        .Where(kind => kind.Plan is not null)
        .Select(kind => (kind.Name, kind.Plan!, SizeOf(kind.Plan!)))
        .OrderBy(kind => kind.Item3).ThenBy(kind => kind.Name, StringComparer.Ordinal)];

    /// <summary>The bytes of all files together.</summary>
    /// <param name="files">A plan.</param>
    /// <returns>Bytes.</returns>
    public static long SizeOf(DirectoryPlan files) => files.Files.Sum(f => f.Length);

    /// <summary>The largest kind that is no larger than a number of bytes.</summary>
    /// <param name="most">The most bytes.</param>
    /// <returns>Its name; null where none is, or where another target is built.</returns>
    public string? LargestWithin(long most) => recipe.Engine == "gguf" ? Kinds.LastOrDefault(kind => kind.Size <= most).Name : null;

    /// <summary>The smallest kind above the one that was built which is estimated to keep the budgets: what predictions lose grows with the square of what weights lose.</summary>
    /// <param name="built">What was built.</param>
    /// <param name="report">What was measured of it.</param>
    /// <returns>Its name; null where none is, or where another target is built.</returns>
    public string? NextWithin(DirectoryPlan built, QualityReport report)
    {
        if (recipe.Engine != "gguf")
        {
            return null;
        }

        using var workspace = new Workspace();
        long size = SizeOf(built), most = recipe.MaxEngineSize ?? long.MaxValue;
        double lost = Lost(built, workspace);
        foreach ((string name, DirectoryPlan files, long bytes) in Kinds.Where(kind => kind.Size > size && kind.Size <= most))
        {
            double share = lost > 0 ? Lost(files, workspace) / lost : 1;
            if (!(report.Figures.PerplexityIncrease * share > report.MaxPerplexityIncrease) && !(report.Figures.MeanDivergence * share > report.MaxKlDivergence))
            {
                return name;
            }
        }

        return null;
    }

    private DirectoryPlan? Try(GgufFileType kind)
    {
        try
        {
            return plan(recipe with { Quantization = kind.DType.IsFloatingPoint ? null : kind.Name, DType = kind.DType.IsFloatingPoint ? kind.DType : null });
        }
        catch (CheckpointException)
        {
            return null;
        }
    }

    // The sum over matrices of what each loses of itself.
    private static double Lost(DirectoryPlan files, Workspace workspace)
    {
        double sum = 0;
        foreach (Converted converted in files.Files.SelectMany(f => f.Slots).Where(s => s.Plane == 0).Select(s => s.Tensor).OfType<Converted>().Where(c => c.Shape.Rank > 1))
        {
            (double lost, double all) = WeightNoise.Of(converted, null, SampledRows, workspace);
            sum += all > 0 ? lost / all : 0;
            workspace.ReleaseResidents();
        }

        return sum;
    }
}

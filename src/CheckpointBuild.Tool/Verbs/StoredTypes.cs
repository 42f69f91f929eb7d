using System.Linq;
using CheckpointBuild.Building;
using CheckpointBuild.Dialects;
using CheckpointBuild.DTypes;
using CheckpointBuild.Quantization;

namespace CheckpointBuild.Tool.Verbs;

/// <summary>A conversion without a dtype keeps what is stored: the kind of GGUF file whose matrices are those of the source.</summary>
internal static class StoredTypes
{
    /// <summary>Adds the source's own type to a recipe that names none.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="source">The source.</param>
    /// <returns>The recipe with a type, or as it was where the target keeps types by itself.</returns>
    public static Recipe Keep(Recipe recipe, CheckpointLocation source)
    {
        if (recipe.Engine != "gguf" || recipe.DType is not null || recipe.Quantization is not null)
        {
            return recipe;
        }

        using OpenedCheckpoint opened = OpenedCheckpoint.Open(source, recipe.Format);
        if (opened.Checkpoint.Container is not null)
        {
            // A file of this form stays what it is by itself.
            return recipe;
        }

        DType? matrices = opened.Checkpoint.Tensors.Select(t => t.Value).Where(t => t.Shape.Rank > 1).GroupBy(t => t.DType).OrderByDescending(g => g.Sum(t => t.ByteCount)).FirstOrDefault()?.Key;
        return matrices is null || GgufFileType.For(matrices) is not { } type ? recipe : recipe with { Quantization = type.Name };
    }
}

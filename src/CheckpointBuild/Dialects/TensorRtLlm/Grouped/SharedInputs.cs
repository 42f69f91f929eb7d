using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.TensorRtLlm.Grouped;

/// <summary>Matrices of a layer that read the same inputs, and what is known of these: queries, keys and values; gate and up; each other by itself.</summary>
/// <param name="fields">What is written.</param>
/// <param name="statistics">What activations there are.</param>
/// <param name="kind">The first of them.</param>
/// <param name="layer">Their layer.</param>
internal sealed class SharedInputs(ConverterFields fields, CalibrationStatistics statistics, RoleKind kind, int layer)
{
    /// <summary>The first role of the group that a role belongs to.</summary>
    /// <param name="checkpoint">The model.</param>
    /// <param name="kind">The role.</param>
    /// <param name="layer">Its layer.</param>
    /// <returns>Roles in order.</returns>
    public static ImmutableArray<RoleKind> Kinds(Checkpoint checkpoint, RoleKind kind, int layer) => kind switch
    {
        RoleKind.Query => [RoleKind.Query, RoleKind.Key, RoleKind.Value],
        RoleKind.Gate or RoleKind.Up when checkpoint.Tensors.Find(new TensorRole(RoleKind.Gate, layer)) is not null => [RoleKind.Gate, RoleKind.Up],
        _ => [kind],
    };

    /// <summary>The matrices, float32 as the source has them.</summary>
    public ImmutableArray<Tensor> Matrices => [.. Kinds(fields.Checkpoint, kind, layer).Select(k => Converted.Of(fields.Checkpoint.Tensors[new TensorRole(k, layer)], DType.F32))];

    /// <summary>The matrices one under the other.</summary>
    public Tensor Whole => JoinedRows.Of($"layer {layer} {kind}", Matrices, 1);

    /// <summary>The largest magnitude of each input.</summary>
    public ImmutableArray<float> Largest => Of(new TensorRole(kind, layer)).Statistics.Inputs;

    /// <summary>The mean square of each input.</summary>
    /// <exception cref="CheckpointException">CKPT3255 when nobody measured it.</exception>
    public ImmutableArray<float> Squares
    {
        get
        {
            (StoredTensor stored, ModuleStatistics found) = Of(new TensorRole(kind, layer));
            return found.Squares.Length == found.Inputs.Length ? found.Squares : throw Errors.SquaresMissing(statistics.Name, stored.Name);
        }
    }

    /// <summary>The largest magnitude of a role's outputs.</summary>
    /// <param name="of">The role.</param>
    /// <returns>A magnitude.</returns>
    public float LargestOutput(RoleKind of)
    {
        var role = new TensorRole(of, layer);
        (StoredTensor stored, ModuleStatistics found) = Of(role);
        int start = (int)stored.Roles.TakeWhile(r => r != role).Sum(r => fields.Config.ShapeOf(r).Rows);
        return found.Outputs.AsSpan(start, (int)fields.Config.ShapeOf(role).Rows).ToArray().Max();
    }

    private (StoredTensor Stored, ModuleStatistics Statistics) Of(TensorRole role)
    {
        StoredTensor stored = fields.Checkpoint.Family.Naming.TensorsOf(fields.Config).First(t => t.Roles.Contains(role));
        long inputs = fields.Config.ShapeOf(role).Columns, outputs = stored.Roles.Sum(r => fields.Config.ShapeOf(r).Rows);
        return (stored, statistics.Of(stored.Name[..stored.Name.LastIndexOf('.')], inputs, outputs));
    }
}

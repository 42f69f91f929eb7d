using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Building;

/// <summary>Holds two checkpoints against each other, role by role: names and arrangement of their dialects do not count, shapes, dtypes and numbers do.</summary>
public static class CheckpointComparison
{
    private const int BandBytes = 1 << 20;

    // A file format that keeps vectors in float32 by rule.
    private const string WideVectors = "gguf";

    private static readonly TensorRole Head = new(RoleKind.Output);
    private static readonly TensorRole Embedding = new(RoleKind.TokenEmbedding);

    /// <summary>Compares two checkpoints.</summary>
    /// <param name="left">The first.</param>
    /// <param name="right">The second.</param>
    /// <param name="cancellation">Looked at between bands.</param>
    /// <returns>What differs, in the order of the first; empty when both are the same model.</returns>
    public static ImmutableArray<TensorDifference> Compare(Checkpoint left, Checkpoint right, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        Dictionary<TensorRole, string> names = NamesOf(left, right);
        bool wide = left.Dialect == WideVectors || right.Dialect == WideVectors;
        return
        [
            .. left.Tensors.Select(t => t.Key).Union(right.Tensors.Select(t => t.Key))
                .Select(role => Compare(names.GetValueOrDefault(role) ?? role.ToString(), Of(left, role, right), Of(right, role, left), wide, cancellation))
                .OfType<TensorDifference>(),
        ];
    }

    /// <summary>Compares two lists of tensors by their names.</summary>
    /// <param name="left">The first.</param>
    /// <param name="right">The second.</param>
    /// <param name="cancellation">Looked at between bands.</param>
    /// <returns>What differs, in the order of the first.</returns>
    public static ImmutableArray<TensorDifference> Compare(TensorTable left, TensorTable right, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return
        [
            .. left.Select(t => t.Name).Union(right.Select(t => t.Name))
                .Select(name => Compare(name, left.TryGet(name, out Tensor? one) ? one : null, right.TryGet(name, out Tensor? other) ? other : null, false, cancellation))
                .OfType<TensorDifference>(),
        ];
    }

    // A head that one form keeps as a second copy of the embedding and the other ties to it is the same head.
    private static Tensor? Of(Checkpoint checkpoint, TensorRole role, Checkpoint other) => checkpoint.Tensors.Find(role)
        ?? (role == Head && checkpoint.Config.TiedEmbeddings && other.Tensors.Find(Head) is not null ? checkpoint.Tensors.Find(Embedding) : null);

    private static TensorDifference? Compare(string name, Tensor? left, Tensor? right, bool wide, CancellationToken cancellation)
    {
        var difference = new TensorDifference(name, left, right);
        if (left is null || right is null || left.Shape != right.Shape)
        {
            return difference;
        }

        (long count, double error) = CompareNumbers(left, right, cancellation);
        if (count == 0 && left.DType == right.DType)
        {
            return null;
        }

        bool ofDialect = count == 0 && wide && (left.DType == DType.F32 || right.DType == DType.F32);
        return difference with { DifferentCount = count, MaxAbsoluteError = error, IsOfDialect = ofDialect };
    }

    private static (long Count, double Error) CompareNumbers(Tensor left, Tensor right, CancellationToken cancellation)
    {
        using var workspace = new Workspace();
        (long count, double error) = (0, 0);
        int rows = (int)Math.Clamp(BandBytes / Math.Max(1, left.RowBytes(0)), 1, int.MaxValue);
        for (long row = 0; row < left.Rows; row += rows)
        {
            cancellation.ThrowIfCancellationRequested();
            var range = new RowRange(row, (int)Math.Min(rows, left.Rows - row));
            using Band a = left.ReadBand(range, workspace);
            using Band b = right.ReadBand(range, workspace);
            if (left.DType != right.DType || left.DType.PlaneCount > 1 || !a.Codes.SequenceEqual(b.Codes))
            {
                (long more, double most) = CompareBands(left, a, right, b, range, workspace);
                (count, error) = (count + more, Math.Max(error, most));
            }
        }

        return (count, error);
    }

    private static (long Count, double Error) CompareBands(Tensor left, Band a, Tensor right, Band b, RowRange range, Workspace workspace)
    {
        if (!left.DType.HasValues || !right.DType.HasValues)
        {
            // Plain storage has no distances: whole rows are the same or not.
            return ((long)range.Count * left.Columns, double.PositiveInfinity);
        }

        int values = checked(range.Count * left.Columns);
        using Band one = workspace.Lend(checked(values * sizeof(float)));
        using Band two = workspace.Lend(checked(values * sizeof(float)));
        Span<float> x = MemoryMarshal.Cast<byte, float>(one.Codes), y = MemoryMarshal.Cast<byte, float>(two.Codes);
        left.DType.Decode(a.Planes, left.Columns, x);
        right.DType.Decode(b.Planes, right.Columns, y);
        (long count, double error) = (0, 0);
        for (int i = 0; i < x.Length; i++)
        {
            if (BitConverter.SingleToUInt32Bits(x[i]) != BitConverter.SingleToUInt32Bits(y[i]) && !(float.IsNaN(x[i]) && float.IsNaN(y[i])))
            {
                double distance = Math.Abs((double)x[i] - y[i]);
                (count, error) = (count + 1, Math.Max(error, double.IsNaN(distance) ? double.PositiveInfinity : distance));
            }
        }

        return (count, error);
    }

    // As Hugging Face calls them; what lies in one matrix with others is told apart by its role.
    private static Dictionary<TensorRole, string> NamesOf(params ReadOnlySpan<Checkpoint> checkpoints)
    {
        var names = new Dictionary<TensorRole, string>();
        foreach (Checkpoint checkpoint in checkpoints)
        {
            foreach (StoredTensor tensor in checkpoint.Family.Naming.TensorsOf(checkpoint.Config))
            {
                foreach (TensorRole role in tensor.Roles)
                {
                    names.TryAdd(role, tensor.Roles.Length == 1 ? tensor.Name : $"{tensor.Name} ({role.Kind}{(role.Index == TensorRole.NoIndex ? "" : $" {role.Index}")})");
                }
            }
        }

        return names;
    }
}

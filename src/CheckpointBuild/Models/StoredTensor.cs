using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Models;

/// <summary>A tensor as an ecosystem's files hold it: its name and shape there, and the roles that lie in it. <see cref="Split"/> and <see cref="Join"/> undo each other; both are views, no data is read.</summary>
public sealed class StoredTensor
{
    private readonly TensorLayout _layout;
    private readonly ModelConfig _config;
    private readonly int _kindCount;
    private readonly int _groups;
    private readonly int _offset;

    // What all roles of one index are together, one below the other; vectors stand as columns.
    private readonly Shape _fused;

    /// <summary>Describes a stored tensor.</summary>
    /// <param name="rule">Whose it is.</param>
    /// <param name="roles">The roles in it: for each index the rule's kinds in order, all weights or all biases of one layer.</param>
    /// <param name="config">The model.</param>
    internal StoredTensor(NameRule rule, ImmutableArray<TensorRole> roles, ModelConfig config)
    {
        _layout = rule.Layout;
        _config = config;
        _kindCount = rule.Kinds.Length;
        _groups = _layout.Groups(config);
        Roles = roles;
        IsWeight = roles[0].Part == TensorPart.Weight;
        _offset = IsWeight ? _layout.Offset(config) : 0;

        Shape[] shapes = [.. roles.Take(_kindCount).Select(role => Standing(config.ShapeOf(role)))];
        _fused = new Shape(shapes.Sum(s => s.Rows), shapes[0].Columns);
        bool isVector = config.ShapeOf(roles[0]).Rank == 1;
        ImmutableArray<long> one = isVector ? [_fused.Rows] : ArrangedShape().Dimensions;
        Name = rule.NameOf(roles[0].Layer, roles[0].Index, roles[0].Part);
        Shape = roles[0].Index != TensorRole.NoIndex && _layout.IsStacked ? new Shape([StackCount, .. one]) : new Shape([.. one]);
    }

    /// <summary>What the ecosystem calls it.</summary>
    public string Name { get; }

    /// <summary>Its shape in the ecosystem's files.</summary>
    public Shape Shape { get; }

    /// <summary>The roles in it: for each index every kind.</summary>
    public ImmutableArray<TensorRole> Roles { get; }

    /// <summary>Whether it holds all experts of a layer.</summary>
    public bool IsStackOfExperts => _layout.IsStacked && Roles[0].Kind is RoleKind.ExpertGate or RoleKind.ExpertUp or RoleKind.ExpertDown;

    /// <summary>Whether it is a matrix that is stored [in, out].</summary>
    public bool IsInOut => IsWeight && _layout.IsInOut;

    private bool IsWeight { get; }

    private int StackCount => Roles.Length / _kindCount;

    /// <summary>Takes the roles out of the stored tensor.</summary>
    /// <param name="stored">A tensor of <see cref="Shape"/>.</param>
    /// <returns>Each role with its tensor in canonical arrangement, in the order of <see cref="Roles"/>.</returns>
    public IEnumerable<KeyValuePair<TensorRole, Tensor>> Split(Tensor stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        stored = Affine.Of(stored, -_offset);
        for (int index = 0; index < StackCount; index++)
        {
            Tensor fused = Disarranged(SliceOf(stored, index));
            long start = 0;
            foreach (TensorRole role in Roles.Slice(index * _kindCount, _kindCount))
            {
                Shape shape = _config.ShapeOf(role);
                long rows = Standing(shape).Rows;
                Tensor share = rows == fused.Rows ? fused : SelectedRows.Of(fused, RowShare.Of(fused.Rows, _groups, start, rows));
                yield return KeyValuePair.Create(role, Reshaped.Of(HeadRows is { } head ? SelectedRows.Of(share, new SplitHalves(rows, head)) : share, shape));
                start += rows / _groups;
            }
        }
    }

    /// <summary>Makes the stored tensor out of its roles. Roles of different dtypes become float32.</summary>
    /// <param name="tensorOf">Gives the tensor of a role, in canonical arrangement.</param>
    /// <returns>A tensor of <see cref="Name"/> and <see cref="Shape"/>.</returns>
    public Tensor Join(Func<TensorRole, Tensor> tensorOf)
    {
        ArgumentNullException.ThrowIfNull(tensorOf);
        ImmutableArray<Tensor> parts = OfOneDType([.. Roles.Select(tensorOf)]);
        ImmutableArray<Tensor>.Builder stack = ImmutableArray.CreateBuilder<Tensor>(StackCount);
        for (int index = 0; index < StackCount; index++)
        {
            stack.Add(Arranged(JoinedRows.Of(Name, [.. parts.Slice(index * _kindCount, _kindCount).Select(Interleaved)], _groups)));
        }

        return Renamed.Of(Affine.Of(Reshaped.Of(JoinedRows.Of(Name, stack.MoveToImmutable(), 1), Shape), _offset), Name);
    }

    /// <summary>Brings something that has one row for each row of a role's matrix, such as a low-rank factor, into the canonical order of rows.</summary>
    /// <param name="rows">As many rows as the only role in here has, in the stored order; any columns.</param>
    /// <returns>The rows in canonical order.</returns>
    public Tensor CanonicalRows(Tensor rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return HeadRows is { } head ? SelectedRows.Of(rows, new SplitHalves(rows.Rows, head)) : rows;
    }

    /// <summary>Undoes <see cref="CanonicalRows"/>.</summary>
    /// <param name="rows">In canonical order.</param>
    /// <returns>The rows in the stored order.</returns>
    public Tensor StoredRows(Tensor rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return HeadRows is { } head ? SelectedRows.Of(rows, new InterleavedHalves(rows.Rows, head)) : rows;
    }

    private int? HeadRows => _layout.InterleavedHeadRows(_config);

    // [out, in], or [heads, out, in].
    private Shape SeparatedShape() => IsWeight && _layout.Heads(_config) is { } heads ? new Shape(heads, _fused.Rows / heads, _fused.Columns) : _fused;

    // The same as it is stored.
    private Shape ArrangedShape() => SeparatedShape() is { Dimensions: [.. var heads, var rows, var columns] } && IsInOut ? new Shape([.. heads, columns, rows]) : SeparatedShape();

    private Tensor Interleaved(Tensor part)
    {
        Tensor standing = Reshaped.Of(part, Standing(part.Shape));
        return HeadRows is { } head ? SelectedRows.Of(standing, new InterleavedHalves(standing.Rows, head)) : standing;
    }

    private Tensor Arranged(Tensor fused)
    {
        Tensor separated = Reshaped.Of(fused, SeparatedShape());
        return Flat(IsInOut ? Transposed.Of(separated) : separated);
    }

    private Tensor Disarranged(Tensor slice)
    {
        Tensor arranged = Reshaped.Of(slice, ArrangedShape());
        return Reshaped.Of(IsInOut ? Transposed.Of(arranged) : arranged, _fused);
    }

    // One index as a matrix.
    private Tensor SliceOf(Tensor stored, int index)
    {
        Tensor rows = Flat(stored);
        return StackCount == 1 ? rows : SelectedRows.Of(rows, new RowSlice(rows.Rows / StackCount * index, rows.Rows / StackCount));
    }

    private static Tensor Flat(Tensor tensor) => tensor.Shape.Rank > 2 ? Reshaped.Of(tensor, new Shape(tensor.Rows, tensor.Shape.Columns)) : tensor;

    private static Shape Standing(Shape shape) => shape.Rank == 1 ? new Shape(shape.Columns, 1) : shape;

    private static ImmutableArray<Tensor> OfOneDType(ImmutableArray<Tensor> parts) =>
        parts.All(p => p.DType == parts[0].DType) ? parts : [.. parts.Select(p => Converted.Of(p, DTypes.DType.F32))];
}

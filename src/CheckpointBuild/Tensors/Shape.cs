using System;
using System.Collections.Immutable;
using System.Linq;

namespace CheckpointBuild.Tensors;

/// <summary>The dimensions of a tensor, outermost first, seen as a matrix: the last dimension is columns, all before it flatten into rows. A vector is one row; a scalar is one number.</summary>
public readonly struct Shape : IEquatable<Shape>
{
    private readonly ImmutableArray<long> _dimensions;
    private readonly long _elementCount;

    /// <summary>Makes a shape.</summary>
    /// <param name="dimensions">Outermost first, each at least 0; weights are [out, in].</param>
    /// <exception cref="ArgumentOutOfRangeException">A dimension is negative.</exception>
    /// <exception cref="OverflowException">The number of elements passes 2^63 - 1.</exception>
    public Shape(params ReadOnlySpan<long> dimensions)
    {
        long elements = 1;
        bool empty = false;
        foreach (long dimension in dimensions)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(dimension, nameof(dimensions));
            empty |= dimension == 0;
            elements = checked(elements * Math.Max(dimension, 1));
        }

        _dimensions = [.. dimensions];
        _elementCount = empty ? 0 : elements;
    }

    /// <summary>The dimensions, outermost first.</summary>
    public ImmutableArray<long> Dimensions => _dimensions.IsDefault ? [] : _dimensions;

    /// <summary>How many dimensions there are.</summary>
    public int Rank => Dimensions.Length;

    /// <summary>How many numbers there are; the default shape is that of a scalar.</summary>
    public long ElementCount => _dimensions.IsDefault ? 1 : _elementCount;

    /// <summary>Numbers in a row: the last dimension, 1 for a scalar.</summary>
    public long Columns => Rank == 0 ? 1 : Dimensions[^1];

    /// <summary>How many rows there are: all dimensions but the last flattened; 1 for a vector.</summary>
    public long Rows
    {
        get
        {
            long rows = 1;
            for (int i = 0; i < Rank - 1; i++)
            {
                rows *= Dimensions[i];
            }

            return rows;
        }
    }

    /// <summary>The same shape with another number of rows; only for matrices and vectors.</summary>
    /// <param name="rows">The new first dimension of a matrix.</param>
    /// <returns>[rows, columns].</returns>
    public Shape WithRows(long rows) => Rank > 2 ? throw new InvalidOperationException($"{this} has more than two dimensions.") : new Shape(rows, Columns);

    /// <inheritdoc/>
    public bool Equals(Shape other) => Dimensions.SequenceEqual(other.Dimensions);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (long dimension in Dimensions)
        {
            hash.Add(dimension);
        }

        return hash.ToHashCode();
    }

    /// <summary>Whether two shapes have the same dimensions.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Whether two shapes differ.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <summary>Writes <c>[4096, 11008]</c>.</summary>
    /// <returns>The dimensions in brackets.</returns>
    public override string ToString() => $"[{string.Join(", ", Dimensions)}]";
}

using System;
using System.Diagnostics.CodeAnalysis;

namespace CheckpointBuild.DTypes;

/// <summary>How numbers are written down: the bytes of a row, and the way from float32 to them and back.</summary>
/// <remarks>
/// A dtype says nothing about how well scales are chosen beyond its own definition; that is a quantization method's matter. Every dtype has a scalar form, which is the specification,
/// and may have a vector form, which gives the same bytes.
/// </remarks>
public abstract partial class DType
{
    /// <summary>Names the dtype.</summary>
    /// <param name="name">Short name in capitals.</param>
    /// <param name="longName">Name that reports and options use.</param>
    protected DType(string name, string longName)
    {
        Name = name;
        LongName = longName;
    }

    /// <summary>The short name in capitals, as containers write it: <c>BF16</c>.</summary>
    public string Name { get; }

    /// <summary>The name that reports, keys and options use: <c>bfloat16</c>.</summary>
    public string LongName { get; }

    /// <summary>How many columns are encoded together; a row is a whole number of blocks. 1 for plain numbers.</summary>
    public virtual int BlockLength => 1;

    /// <summary>How many planes a row has: 1 (codes), 2 (and scales) or 3 (and zero points).</summary>
    public virtual int PlaneCount => 1;

    /// <summary>The bytes that one block takes in plane 0.</summary>
    public abstract int BlockBytes { get; }

    /// <summary>Whether values are rounded to a few levels per block or group, so that a value that is not finite would vanish in them.</summary>
    public virtual bool IsQuantized => false;

    /// <summary>Whether it is what a reference runtime turns activations into, and nothing that weights are quantized to.</summary>
    internal virtual bool IsOfActivations => false;

    /// <summary>Whether <see cref="EncodeWeighted"/> looks at importance.</summary>
    public virtual bool UsesImportance => false;

    /// <summary>Whether this is a floating-point layout of single numbers, which a cast may turn into another.</summary>
    public virtual bool IsFloatingPoint => false;

    /// <summary>Whether <see cref="Encode"/> and <see cref="Decode"/> are defined; plain storage (indices, masks) is only copied.</summary>
    public virtual bool HasValues => true;

    /// <summary>What safetensors calls it, or null where that format has no name for it.</summary>
    public virtual string? SafetensorsName => null;

    /// <summary>The number that GGUF writes for it (<c>ggml_type</c>), or null where that format has none.</summary>
    public virtual int? GgmlType => null;

    /// <summary>The bytes that <paramref name="columns"/> columns take in <paramref name="plane"/>.</summary>
    /// <param name="plane">0 codes, 1 scales, 2 zero points.</param>
    /// <param name="columns">Columns of one row, a multiple of <see cref="BlockLength"/>.</param>
    /// <returns>Bytes, at most <see cref="long.MaxValue"/>.</returns>
    /// <exception cref="OverflowException">The row is larger than any file.</exception>
    public virtual long RowBytes(int plane, long columns)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(plane, 0);
        return checked(columns / BlockLength * BlockBytes);
    }

    /// <summary>Whether a row of <paramref name="columns"/> columns can be written in this dtype.</summary>
    /// <param name="columns">Columns of one row.</param>
    /// <returns>True when the row is a whole number of blocks.</returns>
    public bool Fits(long columns) => columns % BlockLength == 0;

    /// <summary>Writes numbers in this dtype.</summary>
    /// <param name="values">Numbers of whole rows, row after row: [rows × columns].</param>
    /// <param name="columns">Columns of one row.</param>
    /// <param name="destination">Bytes of the same rows, plane by plane.</param>
    public abstract void Encode(ReadOnlySpan<float> values, int columns, Planes destination);

    /// <summary>Writes numbers in this dtype, with the errors of some columns counting more than those of others. A dtype that has no use for that does the same as <see cref="Encode"/>.</summary>
    /// <param name="values">Numbers of whole rows, row after row: [rows × columns].</param>
    /// <param name="importance">[columns], how much each column's error counts, the same for all rows; empty = not known.</param>
    /// <param name="columns">Columns of one row.</param>
    /// <param name="destination">Bytes of the same rows, plane by plane.</param>
    public virtual void EncodeWeighted(ReadOnlySpan<float> values, ReadOnlySpan<float> importance, int columns, Planes destination) => Encode(values, columns, destination);

    /// <summary>Reads numbers written in this dtype.</summary>
    /// <param name="source">Bytes of whole rows, plane by plane.</param>
    /// <param name="columns">Columns of one row.</param>
    /// <param name="values">Receives the numbers, row after row: [rows × columns].</param>
    public abstract void Decode(Planes source, int columns, Span<float> values);

    /// <summary>Looks for a scale that is NaN or infinite.</summary>
    /// <param name="source">Bytes of whole rows, plane by plane.</param>
    /// <param name="columns">Columns of one row.</param>
    /// <returns>The index of the first value that such a scale spoils, counted over the rows, or -1. Dtypes without scales have none.</returns>
    public virtual long FindBrokenScale(Planes source, int columns) => -1;

    /// <summary>Finds a dtype by one of its names, in any case: <c>bf16</c>, <c>bfloat16</c>.</summary>
    /// <param name="name">The name.</param>
    /// <param name="dtype">The dtype.</param>
    /// <returns>Whether there is one.</returns>
    public static bool TryParse(string? name, [NotNullWhen(true)] out DType? dtype)
    {
        dtype = Array.Find(AllArray, d => string.Equals(d.Name, name, StringComparison.OrdinalIgnoreCase) || string.Equals(d.LongName, name, StringComparison.OrdinalIgnoreCase));
        return dtype is not null;
    }

    /// <inheritdoc/>
    public sealed override string ToString() => LongName;
}

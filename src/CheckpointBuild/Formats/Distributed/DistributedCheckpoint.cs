using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats.Wire;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Formats.Distributed;

/// <summary>Reads what <c>torch.distributed.checkpoint</c> saves: a folder of <c>.distcp</c> files with pieces of tensors, and <c>.metadata</c>, which says where each piece belongs.</summary>
/// <remarks>Tensors stay where they are: a tensor in pieces is a view that joins their rows and columns.</remarks>
internal sealed class DistributedCheckpoint
{
    /// <summary>What a folder's content is called.</summary>
    internal const string FormatName = "pytorch-distributed";

    private const string PieceExtension = ".distcp";
    private readonly string _path;
    private readonly DistributedIndex _index;
    private readonly Func<string, ByteSource> _open;
    private readonly DistributedTree _root = new();
    private readonly List<Tensor> _tensors = [];
    private readonly HashSet<string> _names = [];
    private readonly List<PyTorchValue> _values = [];

    private DistributedCheckpoint(ByteSource index, Func<string, ByteSource> open)
    {
        _path = index.Name;
        _index = DistributedIndex.Read(index);
        _open = open;
    }

    /// <summary>Whether a folder holds one.</summary>
    /// <param name="files">The names of its files.</param>
    /// <returns>True when the index and a piece are there.</returns>
    public static bool IsIn(ImmutableArray<string> files) => files.Contains(DistributedIndex.FileName) && files.Any(f => f.EndsWith(PieceExtension, StringComparison.Ordinal));

    /// <summary>Reads a folder.</summary>
    /// <param name="open">Opens a file of it, which stays open as long as the tensors are used.</param>
    /// <returns>The object that was saved; no tensor data is kept.</returns>
    /// <exception cref="CheckpointException">CKPT2168 when the pieces are not the whole, and what is wrong with a file.</exception>
    public static PyTorchFile Read(Func<string, ByteSource> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        return new DistributedCheckpoint(open(DistributedIndex.FileName), open).Assemble();
    }

    private PyTorchFile Assemble()
    {
        foreach ((string name, PickleInstance content) in _index.Entries)
        {
            object[] place = _index.PlaceOf(name);
            string spelled = string.Join('.', place.Select(p => Convert.ToString(p, CultureInfo.InvariantCulture)));
            object? value = content.Type.Name switch
            {
                "TensorStorageMetadata" => Named(TensorOf(name, content), spelled),
                "BytesStorageMetadata" => ValueOf(name, spelled),
                _ => throw Errors.DistributedBroken(_path, $"{Errors.Quote(name)} is a {content.Type.Name}"),
            };
            if (!_root.Set(place, value))
            {
                throw Errors.DistributedBroken(_path, $"two values stand at {Errors.Quote(spelled)}");
            }
        }

        return new PyTorchFile(_names.Count + _values.Count == 0 ? new PickleDictionary(PickleDictionaryKind.Dictionary) : _root.Build(), new TensorTable(_tensors), [.. _values]);
    }

    private Tensor Named(Tensor tensor, string name)
    {
        Tensor named = _names.Add(name) ? Renamed.Of(tensor, name) : throw Errors.DuplicateTensor(_path, name);
        _tensors.Add(named);
        return named;
    }

    private object? ValueOf(string name, string place)
    {
        PyTorchFile file = FileOf(_index.PieceOf(name, null));
        foreach (Tensor tensor in file.Tensors)
        {
            Named(tensor, $"{place}.{tensor.Name}");
        }

        _values.AddRange(file.Values.Select(v => v with { Path = v.Path.Length == 0 ? place : $"{place}.{v.Path}" }));
        return file.Root;
    }

    private Tensor TensorOf(string name, PickleInstance content)
    {
        ImmutableArray<long> sizes = _index.Numbers(content, "size");
        Shape shape = ShapeOf(name, sizes);
        DType dtype = DTypeOf(name, content);
        var pieces = new List<(ImmutableArray<long> Offsets, Tensor Tensor)>();
        foreach (object? chunk in content["chunks"] as PickleSequence ?? throw Errors.DistributedBroken(_path, $"{Errors.Quote(name)} has no chunks"))
        {
            PickleInstance described = chunk as PickleInstance ?? throw Errors.DistributedBroken(_path, $"a chunk of {Errors.Quote(name)} is not described");
            ImmutableArray<long> offsets = _index.Numbers(described, "offsets"), extents = _index.Numbers(described, "sizes");
            Demand(offsets.Length == sizes.Length && extents.Length == sizes.Length, name, "a chunk has other dimensions");

            // A process whose share is empty saves it all the same.
            if (extents.Contains(0) && !sizes.Contains(0))
            {
                continue;
            }

            Tensor piece = FileOf(_index.PieceOf(name, offsets)).Root as Tensor ?? throw Errors.DistributedBroken(_path, $"a piece of {Errors.Quote(name)} is no tensor");
            Demand(piece.DType == dtype, name, $"a piece is {piece.DType.LongName}, {dtype.LongName} is stated");
            Demand(piece.Shape == ShapeOf(name, extents), name, $"a piece is {piece.Shape}, [{string.Join(", ", extents)}] is stated");
            pieces.Add((offsets, piece));
        }

        return Joined(name, shape, pieces);
    }

    private Tensor Joined(string name, Shape shape, List<(ImmutableArray<long> Offsets, Tensor Tensor)> pieces)
    {
        Demand(pieces.Count > 0, name, "it has no piece");
        if (pieces[0].Tensor.Shape == shape && pieces.Count == 1)
        {
            return pieces[0].Tensor;
        }

        // Pieces are seen as matrices: the first dimension makes rows, the last columns; those between must be whole.
        int last = shape.Rank - 1;
        Demand(shape.Rank > 0 && shape.ElementCount > 0, name, "a scalar or an empty tensor has several pieces");
        Demand(pieces.All(p => Enumerable.Range(1, Math.Max(0, last - 1)).All(d => p.Tensor.Shape.Dimensions[d] == shape.Dimensions[d])), name, "it is cut along a dimension that is neither its first nor its last");
        ImmutableArray<Tensor>.Builder bands = ImmutableArray.CreateBuilder<Tensor>();
        long row = 0;
        foreach (var band in pieces.GroupBy(p => last == 0 ? 0 : p.Offsets[0]).OrderBy(g => g.Key))
        {
            (ImmutableArray<long> Offsets, Tensor Tensor)[] parts = [.. band.OrderBy(p => p.Offsets[last])];
            long rows = last == 0 ? 1 : parts[0].Tensor.Shape.Dimensions[0], column = 0;
            foreach ((ImmutableArray<long> offsets, Tensor part) in parts)
            {
                Demand(offsets[last] == column && (last == 0 || part.Shape.Dimensions[0] == rows), name, "its pieces overlap, or something is missing between them");
                column += part.Columns;
            }

            Demand(band.Key == row && column == shape.Columns, name, "its pieces overlap, or something is missing between them");
            bands.Add(JoinedColumns.Of(name, [.. parts.Select(p => p.Tensor)]));
            row += rows;
        }

        Demand(row == (last == 0 ? 1 : shape.Dimensions[0]), name, "its pieces are not the whole");
        return Reshaped.Of(JoinedRows.Of(name, bands.DrainToImmutable(), 1), shape);
    }

    private PyTorchFile FileOf(DistributedPiece piece) => PyTorchFile.Read(new SourcePart(_open(piece.File), piece.Offset, piece.Length));

    private Shape ShapeOf(string name, ImmutableArray<long> sizes)
    {
        try
        {
            return new Shape(sizes.AsSpan());
        }
        catch (OverflowException)
        {
            throw Errors.DistributedBroken(_path, $"{Errors.Quote(name)} claims [{string.Join(", ", sizes)}]");
        }
    }

    private DType DTypeOf(string name, PickleInstance content)
    {
        PickleName? type = (content["properties"] as PickleInstance)?.State switch
        {
            PickleSequence { Count: > 0 } fields => fields[0] as PickleName,
            PickleDictionary fields when fields.TryGet("dtype", out PickleName? named) => named,
            _ => null,
        };
        return type is null ? throw Errors.DistributedBroken(_path, $"{Errors.Quote(name)} has no dtype") : TorchDTypes.Named(type.Name) ?? throw Errors.DistributedBroken(_path, $"{Errors.Quote(name)} is {type}");
    }

    private void Demand(bool holds, string name, string otherwise)
    {
        if (!holds)
        {
            throw Errors.DistributedBroken(_path, $"of {Errors.Quote(name)} {otherwise}");
        }
    }
}

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats.Wire;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Formats.Distributed;

/// <summary>What <c>.metadata</c> says: which names there are, what each is made of, and in which file each piece lies.</summary>
/// <param name="path">The file, for messages.</param>
/// <param name="root">The object in it.</param>
internal sealed class DistributedIndex(string path, PickleInstance root)
{
    /// <summary>The file's name.</summary>
    internal const string FileName = ".metadata";

    private const int MostBytes = 256 << 20;
    private const int MostLevels = 64;
    private readonly Dictionary<(string Name, string Offsets), DistributedPiece> _pieces = [];

    /// <summary>Reads the file.</summary>
    /// <param name="source">The file.</param>
    /// <returns>What it says.</returns>
    /// <exception cref="CheckpointException">115x when it is no such pickle, CKPT2168 when it says something else.</exception>
    public static DistributedIndex Read(ByteSource source)
    {
        if (source.Length > MostBytes)
        {
            throw Errors.DistributedBroken(source.Name, $"it has {source.Length.ToString("N0", CultureInfo.InvariantCulture)} bytes, at most {MostBytes.ToString("N0", CultureInfo.InvariantCulture)} are needed");
        }

        var cursor = new ByteCursor(source);
        object? root = new PickleReader(cursor, source.Name, FileName, new DistributedObjects()).Read();
        if (cursor.Remaining > 0)
        {
            throw Errors.PickleLeftOver(source.Name, FileName, 0, cursor.Remaining);
        }

        var index = new DistributedIndex(source.Name, root is PickleInstance { Type.Name: "Metadata" } instance ? instance : throw Errors.DistributedBroken(source.Name, "its object is no Metadata"));
        index.ReadPieces();
        return index;
    }

    /// <summary>Every name with what it is: an instance of <c>TensorStorageMetadata</c> or <c>BytesStorageMetadata</c>.</summary>
    public IEnumerable<(string Name, PickleInstance Content)> Entries =>
        Fields("state_dict_metadata").Select(e => e is { Key: string name, Value: PickleInstance content } ? (name, content) : throw Errors.DistributedBroken(path, "state_dict_metadata is no dictionary of tensors and bytes"));

    /// <summary>Where a name stands in the object that was saved.</summary>
    /// <param name="name">The name.</param>
    /// <returns>Names and numbers from the root.</returns>
    public object[] PlaceOf(string name)
    {
        if (root["planner_data"] is not PickleDictionary places || !places.TryGet(name, out PickleSequence? place))
        {
            return [name];
        }

        return place.Count is > 0 and <= MostLevels && place.All(p => p is string or long) ? [.. place.Select(p => p!)] : throw Errors.DistributedBroken(path, $"the place of {Errors.Quote(name)} is no list of names and numbers");
    }

    /// <summary>Where a piece lies.</summary>
    /// <param name="name">Of what.</param>
    /// <param name="offsets">Its first index in each dimension; null for what is no tensor.</param>
    /// <returns>The piece.</returns>
    public DistributedPiece PieceOf(string name, ImmutableArray<long>? offsets) =>
        _pieces.TryGetValue((name, Spell(offsets)), out DistributedPiece? piece) ? piece : throw Errors.DistributedBroken(path, $"a piece of {Errors.Quote(name)} lies in no file{(offsets is null ? "" : $", the one at [{Spell(offsets)}]")}");

    /// <summary>Reads sizes or offsets.</summary>
    /// <param name="owner">What has them.</param>
    /// <param name="field">Their name.</param>
    /// <returns>The numbers, each at least 0.</returns>
    public ImmutableArray<long> Numbers(PickleInstance owner, string field) => owner[field] is PickleSequence numbers && numbers.All(n => n is long and >= 0)
        ? [.. numbers.Cast<long>()]
        : throw Errors.DistributedBroken(path, $"'{field}' of a {owner.Type.Name} is no list of whole numbers");

    private void ReadPieces()
    {
        foreach ((object? key, object? value) in Fields("storage_data"))
        {
            if (key is not PickleInstance { Type.Name: "MetadataIndex" } index || index["fqn"] is not string name || value is not PickleInstance { Type.Name: "_StorageInfo" } info
                || info["relative_path"] is not string file || info["offset"] is not long offset || info["length"] is not long length)
            {
                throw Errors.DistributedBroken(path, "storage_data is no dictionary of pieces and their files");
            }

            if (file.Length == 0 || Path.GetFileName(file) != file || file.Contains('\\', StringComparison.Ordinal))
            {
                throw Errors.DistributedBroken(path, $"a piece lies in {Errors.Quote(file)}, a file of the same folder is needed");
            }

            if (info["transform_descriptors"] is PickleSequence { Count: > 0 })
            {
                throw Errors.DistributedBroken(path, $"the piece of {Errors.Quote(name)} is packed by an extension");
            }

            ImmutableArray<long>? offsets = index["offset"] is null ? null : Numbers(index, "offset");
            if (!_pieces.TryAdd((name, Spell(offsets)), new DistributedPiece(file, offset, length)))
            {
                throw Errors.DistributedBroken(path, $"a piece of {Errors.Quote(name)} lies in two files");
            }
        }
    }

    private PickleDictionary Fields(string name) => root[name] as PickleDictionary ?? throw Errors.DistributedBroken(path, $"it has no '{name}'");

    private static string Spell(ImmutableArray<long>? numbers) => numbers is { } all ? string.Join(", ", all.Select(n => n.ToString(CultureInfo.InvariantCulture))) : "-";
}

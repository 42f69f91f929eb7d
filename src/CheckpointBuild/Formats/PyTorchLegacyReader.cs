using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats.Wire;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Formats;

/// <summary>Reads a file of PyTorch before 1.6. The list of storages and the storages that tensors use must be the same, so that no tensor is left without bytes.</summary>
internal sealed class PyTorchLegacyReader
{
    private const long Protocol = 1001;
    private readonly ByteSource _source;
    private readonly ByteCursor _cursor;
    private readonly Dictionary<string, TorchStorage> _storages = new(StringComparer.Ordinal);
    private readonly List<(TorchStorage View, string Root, long Start)> _views = [];

    private PyTorchLegacyReader(ByteSource source)
    {
        _source = source;
        _cursor = new ByteCursor(source);
    }

    /// <summary>Reads a file.</summary>
    /// <param name="source">The file.</param>
    /// <returns>The object.</returns>
    public static PyTorchFile Read(ByteSource source) => new PyTorchLegacyReader(source).Read();

    private PyTorchFile Read()
    {
        _ = Program("the first pickle");
        object? version = Program("the second pickle");
        if (version is not Protocol)
        {
            throw Errors.LegacyHeader(_source.Name, "the version", Convert.ToString(version, CultureInfo.InvariantCulture) ?? "None", "1001");
        }

        CheckMachine(Program("the third pickle"));
        var reader = new PickleReader(_cursor, _source.Name, "the object", new TorchObjects(StorageOf));
        object? root = reader.Read();
        ReadStorages(Program("the list of storages"));
        return new TorchTree(_source.Name, "the object", reader.Made).Walk(root);
    }

    private object? Program(string where) => new PickleReader(_cursor, _source.Name, where, new TorchObjects(StorageOf)).Read();

    private void CheckMachine(object? machine)
    {
        if (machine is not PickleDictionary values)
        {
            throw Errors.LegacyHeader(_source.Name, "the machine's description", "no dictionary", "one");
        }

        if (values.TryGet("little_endian", out object? order) && order is not true)
        {
            throw Errors.LegacyHeader(_source.Name, "the byte order", "big-endian", "little-endian");
        }
    }

    // ('storage', class, key, location, count, view); a view is (its own key, first number, count) of the storage named.
    private TorchStorage StorageOf(PickleCallSite call)
    {
        if (call.Arguments is not [string kind, PickleName type, string key, string, long count, ..] || kind != "storage" || count < 0 || call.Arguments.Count > 6)
        {
            throw call.Wrong("a tuple ('storage', class, key, location, count, view)");
        }

        DType? dtype = TorchObjects.IsUntyped(type) ? null : TorchDTypes.OfStorage(type.Name) ?? throw call.Wrong("a storage's class");
        if (count > _source.Length / (dtype?.BlockBytes ?? 1))
        {
            throw Errors.StorageSize(_source.Name, key, $"a file of {_source.Length.ToString("N0", CultureInfo.InvariantCulture)} bytes", $"{dtype?.LongName ?? "bytes"} [{count.ToString("N0", CultureInfo.InvariantCulture)}]");
        }

        TorchStorage storage = Known(key, dtype, count);
        return call.TryArgument(5, out object? view) ? View(call, storage, view) : storage;
    }

    private TorchStorage Known(string key, DType? dtype, long count)
    {
        if (!_storages.TryGetValue(key, out TorchStorage? known))
        {
            known = new TorchStorage(key, dtype, count);
            _storages.Add(key, known);
        }

        return known.DType == dtype && known.Count == count
            ? known
            : throw Errors.StorageTwoTypes(_source.Name, key, $"{known.DType} [{known.Count}]", $"{dtype} [{count}]");
    }

    private TorchStorage View(PickleCallSite call, TorchStorage root, object metadata)
    {
        if (metadata is not PickleSequence { Count: 3 } parts || parts is not [_, long start, long count] || start < 0 || count < 0 || start > root.Count - count)
        {
            throw call.Wrong("a view within its storage");
        }

        var view = new TorchStorage(root.Key, root.DType, count);
        _views.Add((view, root.Key, start));
        return view;
    }

    private void ReadStorages(object? keys)
    {
        if (keys is not PickleSequence list || !list.All(k => k is string))
        {
            throw Errors.LegacyKeys(_source.Name, "it is no list of texts");
        }

        var left = new HashSet<string>(_storages.Keys, StringComparer.Ordinal);
        long at = _cursor.Position;
        foreach (string key in list.Cast<string>())
        {
            at = left.Remove(key) ? Place(_storages[key], at) : throw Errors.LegacyKeys(_source.Name, $"{Errors.Quote(key)} is listed and not used, or listed twice");
        }

        if (left.Count > 0)
        {
            throw Errors.LegacyKeys(_source.Name, $"{Errors.Quote(left.First())} is used and not listed");
        }

        if (at != _source.Length)
        {
            throw Errors.PickleLeftOver(_source.Name, "the file", 0, _source.Length - at);
        }

        foreach ((TorchStorage view, string root, long start) in _views)
        {
            view.Source = _source;
            view.Offset = _storages[root].Offset + (start * view.ItemBytes);
        }
    }

    private long Place(TorchStorage storage, long at)
    {
        if (_source.Length - at < sizeof(long))
        {
            throw Errors.FileEndsEarly(_source.Name, at, sizeof(long), _source.Length);
        }

        long count = BitConverter.ToInt64(_source.ReadBytes(at, sizeof(long)));
        if (count != storage.Count)
        {
            throw Errors.StorageSize(_source.Name, storage.Key, count.ToString("N0", CultureInfo.InvariantCulture) + " numbers in the file", storage.Count.ToString("N0", CultureInfo.InvariantCulture));
        }

        storage.Offset = at + sizeof(long);
        storage.Source = storage.Bytes <= _source.Length - storage.Offset ? _source : throw Errors.FileEndsEarly(_source.Name, storage.Offset, storage.Bytes, _source.Length);
        BoolBytes.Check(_source, storage.Offset, storage.DType?.LongName == "bool" ? storage.Bytes : 0, storage.Key);
        return storage.Offset + storage.Bytes;
    }
}

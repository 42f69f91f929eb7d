using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats.Wire;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Formats;

/// <summary>Reads a zip archive of <c>torch.save</c>: one folder with <c>data.pkl</c>, the program that builds the object, and <c>data/N</c>, the bytes of its storages.</summary>
internal sealed class PyTorchArchive
{
    private const string ProgramRecord = "data.pkl";
    private const string DataFolder = "data/";
    private const int MostProgramBytes = 256 << 20;
    private const int MostSmallRecordBytes = 4096;
    private const int NewestVersion = 10;

    // Checksums of small records are looked at when the file is opened; a large record is summed before its first byte is used, so that looking into a file of many gigabytes stays quick.
    private const long CheckedAtOnce = 64 << 20;
    private readonly ByteSource _source;
    private readonly UnpackedRecords _unpacked = new();
    private readonly string _top;
    private readonly Dictionary<string, ZipEntry> _records = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TorchStorage> _storages = new(StringComparer.Ordinal);
    private readonly bool _bigEndian;
    private long _leftToCheck = CheckedAtOnce;

    private PyTorchArchive(ByteSource source)
    {
        _source = source;
        IReadOnlyList<ZipEntry> entries = ZipDirectory.Read(source);
        _top = TopOf(entries);
        foreach (ZipEntry entry in entries.Where(e => e.Name != _top))
        {
            _records.Add(entry.Name[_top.Length..], entry);
        }

        RefuseOtherKinds(entries);
        CheckVersion();
        _bigEndian = Text("byteorder") switch
        {
            null or "little" => false,
            "big" => true,
            { } other => throw Errors.TorchRecord(source.Name, "byteorder", Errors.Quote(other), "'little' or 'big'"),
        };
    }

    /// <summary>Reads an archive.</summary>
    /// <param name="source">The file.</param>
    /// <returns>The object.</returns>
    public static PyTorchFile Read(ByteSource source) => new PyTorchArchive(source).ReadProgram();

    private PyTorchFile ReadProgram()
    {
        ZipEntry entry = _records[ProgramRecord];
        if (entry.Size > MostProgramBytes)
        {
            throw Errors.TorchRecord(_source.Name, ProgramRecord, $"{entry.Size.ToString("N0", CultureInfo.InvariantCulture)} bytes long", $"at most {MostProgramBytes.ToString("N0", CultureInfo.InvariantCulture)}");
        }

        using var record = new ZipRecord(_source, entry, _unpacked);
        record.Check();
        var cursor = new ByteCursor(record);
        var reader = new PickleReader(cursor, _source.Name, ProgramRecord, new TorchObjects(StorageOf));
        object? root = reader.Read();
        if (cursor.Remaining > 0)
        {
            throw Errors.PickleLeftOver(_source.Name, ProgramRecord, 0, cursor.Remaining);
        }

        RefuseHidden();
        return new TorchTree(_source.Name, ProgramRecord, reader.Made).Walk(root);
    }

    // ('storage', class, key, location, count); the location says where the tensor lay while it was trained.
    private TorchStorage StorageOf(PickleCallSite call)
    {
        if (call.Arguments is not [string kind, PickleName type, string key, string, long count] || kind != "storage")
        {
            throw call.Wrong("a tuple ('storage', class, key, location, count)");
        }

        DType? dtype = TorchObjects.IsUntyped(type) ? null : TorchDTypes.OfStorage(type.Name) ?? throw call.Wrong("a storage's class");
        if (_storages.TryGetValue(key, out TorchStorage? known))
        {
            return known.DType == dtype && known.Count == count ? known : throw Errors.StorageTwoTypes(_source.Name, key, Describe(known.DType, known.Count), Describe(dtype, count));
        }

        ZipEntry entry = IsKey(key) && _records.GetValueOrDefault(DataFolder + key) is { } found ? found : throw Errors.StorageSize(_source.Name, key, "no record of its own", $"'{DataFolder}N'");
        int item = dtype?.BlockBytes ?? 1;
        if (count < 0 || count != entry.Size / item || entry.Size % item != 0)
        {
            throw Errors.StorageSize(_source.Name, key, $"a record of {entry.Size.ToString("N0", CultureInfo.InvariantCulture)} bytes", Describe(dtype, count));
        }

        var storage = new TorchStorage(key, dtype, count) { Source = Checked(entry, dtype), IsBigEndian = _bigEndian };
        _storages.Add(key, storage);
        return storage;
    }

    private ByteSource Checked(ZipEntry entry, DType? dtype)
    {
        ByteSource record = new ZipRecord(_source, entry, _unpacked);
        _leftToCheck -= entry.Size;
        if (_leftToCheck >= 0)
        {
            ((ZipRecord)record).Check();
        }

        return dtype is null ? record : BoolBytes.Checked(record, dtype, entry.Name);
    }

    private static string Describe(DType? dtype, long count) => $"{dtype?.LongName ?? "bytes"} [{count.ToString("N0", CultureInfo.InvariantCulture)}]";

    private static bool IsKey(string key) => key.Length is > 0 and < 64 && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    private string TopOf(IReadOnlyList<ZipEntry> entries)
    {
        int slash = entries[0].Name.IndexOf('/', StringComparison.Ordinal);
        string top = slash > 0 ? entries[0].Name[..(slash + 1)] : throw Errors.ZipNotPyTorch(_source.Name, WhatElse(entries));
        return entries.All(e => e.Name.StartsWith(top, StringComparison.Ordinal)) && entries.Any(e => e.Name == top + ProgramRecord) ? top : throw Errors.ZipNotPyTorch(_source.Name, WhatElse(entries));
    }

    private static string WhatElse(IReadOnlyList<ZipEntry> entries) =>
        entries.All(e => e.Name.EndsWith(".npy", StringComparison.Ordinal)) ? "it holds arrays of numpy (.npz)"
        : entries.Any(e => e.Name.EndsWith("/" + ProgramRecord, StringComparison.Ordinal)) ? "its records lie in several folders"
        : $"it holds no data.pkl in a folder, but {Errors.Quote(entries[0].Name)}";

    private void RefuseOtherKinds(IReadOnlyList<ZipEntry> entries)
    {
        if (_records.Keys.FirstOrDefault(n => n == "constants.pkl" || n.StartsWith("code/", StringComparison.Ordinal)) is { } script)
        {
            throw Errors.TorchScript(_source.Name, _top + script);
        }

        // One packed record is some tool's slip; all of them were packed by a zip program, and PyTorch's mapped reading takes the packed bytes for weights without a word.
        // Without a byte order it is no archive of such a PyTorch: TorchSharp.PyBridge packs every record and writes none.
        if (_records.ContainsKey("byteorder") && entries.All(e => e.IsDeflated || e.Size == 0))
        {
            throw Errors.ZipCompressed(_source.Name, entries[0].Name, "every record is");
        }
    }

    private void CheckVersion()
    {
        string record = _records.ContainsKey("version") ? "version" : ".data/version";
        string text = Text(record) ?? throw Errors.TorchRecord(_source.Name, "version", "absent", "a number from 1 to 10");
        if (!int.TryParse(text, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out int version) || version is < 1 or > NewestVersion)
        {
            throw Errors.TorchRecord(_source.Name, record, Errors.Quote(text), "a number from 1 to 10");
        }
    }

    private string? Text(string record)
    {
        if (!_records.TryGetValue(record, out ZipEntry? entry))
        {
            return null;
        }

        using var bytes = new ZipRecord(_source, entry, _unpacked);
        return entry.Size <= MostSmallRecordBytes
            ? Encoding.Latin1.GetString(bytes.ReadBytes(0, (int)entry.Size))
            : throw Errors.TorchRecord(_source.Name, record, $"{entry.Size.ToString("N0", CultureInfo.InvariantCulture)} bytes long", "a word");
    }

    // A storage that nothing uses is waste; a second program beside the first is a trick.
    private void RefuseHidden()
    {
        foreach ((string name, ZipEntry entry) in _records)
        {
            bool isStray = name.StartsWith(DataFolder, StringComparison.Ordinal) && name != DataFolder && !IsKey(name[DataFolder.Length..]);
            bool isProgram = name != ProgramRecord && name.EndsWith(".pkl", StringComparison.OrdinalIgnoreCase);
            if (isStray || isProgram)
            {
                throw Errors.ZipRecordUnknown(_source.Name, entry.Name);
            }
        }
    }
}

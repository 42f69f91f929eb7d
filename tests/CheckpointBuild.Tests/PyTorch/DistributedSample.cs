using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using CheckpointBuild.Formats;
using CheckpointBuild.Formats.Distributed;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using CheckpointBuild.Tests.Formats;

namespace CheckpointBuild.Tests.PyTorch;

/// <summary>A distributed checkpoint, put together piece by piece: one <c>.distcp</c> file for all pieces, and the pickle that says where each belongs.</summary>
internal sealed class DistributedSample
{
    private const string Module = "torch.distributed.checkpoint.metadata";
    private readonly MemoryStream _pieces = new();
    private readonly MemoryStream _contents = new();
    private readonly MemoryStream _places = new();
    private readonly MemoryStream _storage = new();

    /// <summary>The class that the index is of.</summary>
    public string Class { get; init; } = $"{Module}\nMetadata";

    /// <summary>Which file the index names for every piece.</summary>
    public string PieceFile { get; init; } = "__0_0.distcp";

    /// <summary>Adds a tensor in pieces.</summary>
    /// <param name="path">Where it stands.</param>
    /// <param name="tensor">The tensor.</param>
    /// <param name="pieces">Of each piece the first row and column, and how many.</param>
    /// <returns>The sample.</returns>
    public DistributedSample Add(string[] path, Tensor tensor, params (long Row, long Column, long Rows, long Columns)[] pieces)
    {
        string name = string.Join('.', path);
        bool isVector = tensor.Shape.Rank == 1;
        string type = TorchDTypes.Find(tensor.DType)!.Value.Name;
        _contents.Write([.. Text(name), .. New($"{Module}\nTensorStorageMetadata"), (byte)'}', (byte)'(',
            .. Text("properties"), .. New($"{Module}\nTensorProperties"), (byte)'(', .. Global($"torch\n{type}"), (byte)'t', (byte)'b',
            .. Text("size"), .. Size(tensor.Shape.Dimensions), .. Text("chunks"), (byte)']', (byte)'(',
            .. pieces.SelectMany(p => (byte[])[.. New($"{Module}\nChunkStorageMetadata"), (byte)'}', (byte)'(', .. Text("offsets"), .. Size(isVector ? [p.Column] : [p.Row, p.Column]),
                .. Text("sizes"), .. Size(isVector ? [p.Columns] : [p.Rows, p.Columns]), (byte)'u', (byte)'b']), (byte)'e', (byte)'u', (byte)'b']);
        Place(name, path);
        foreach ((long row, long column, long rows, long columns) in pieces)
        {
            Tensor piece = SelectedColumns.Of(SelectedRows.Of(tensor, new RowSlice(row, rows)), new RowSlice(column, columns));
            Store(name, isVector ? [column] : [row, column], isVector ? Reshaped.Of(piece, new Shape(columns)) : piece);
        }

        return this;
    }

    /// <summary>Adds a value that is no tensor.</summary>
    /// <param name="path">Where it stands.</param>
    /// <param name="value">The value.</param>
    /// <returns>The sample.</returns>
    public DistributedSample Add(string[] path, long value)
    {
        string name = string.Join('.', path);
        _contents.Write([.. Text(name), .. New($"{Module}\nBytesStorageMetadata")]);
        Place(name, path);
        Store(name, null, value);
        return this;
    }

    /// <summary>Writes the folder.</summary>
    /// <param name="folder">Where it goes.</param>
    /// <returns>The same folder.</returns>
    public string Write(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, "__0_0.distcp"), _pieces.ToArray());
        File.WriteAllBytes(Path.Combine(folder, DistributedIndex.FileName), [0x80, 2, .. New(Class), (byte)'}', (byte)'(',
            .. Text("state_dict_metadata"), (byte)'}', (byte)'(', .. _contents.ToArray(), (byte)'u',
            .. Text("planner_data"), (byte)'}', (byte)'(', .. _places.ToArray(), (byte)'u',
            .. Text("storage_data"), (byte)'}', (byte)'(', .. _storage.ToArray(), (byte)'u', (byte)'u', (byte)'b', (byte)'.']);
        return folder;
    }

    private void Place(string name, string[] path) => _places.Write([.. Text(name), (byte)'(', .. path.SelectMany(p => long.TryParse(p, out long number) ? Number(number) : Text(p)), (byte)'t']);

    private void Store(string name, long[]? offsets, object value)
    {
        long start = _pieces.Length;
        _pieces.Write(PlanBytes.Of(PyTorchZipWriter.Plan("piece", value, PyTorchRecords.Full)));
        _storage.Write([.. New($"{Module}\nMetadataIndex"), (byte)'}', (byte)'(', .. Text("fqn"), .. Text(name), .. Text("offset"), .. offsets is null ? [(byte)'N'] : Size(offsets), (byte)'u', (byte)'b',
            .. New("torch.distributed.checkpoint.filesystem\n_StorageInfo"), (byte)'}', (byte)'(', .. Text("relative_path"), .. Text(PieceFile),
            .. Text("offset"), .. Number(start), .. Text("length"), .. Number(_pieces.Length - start), (byte)'u', (byte)'b']);
    }

    private static byte[] Size(IEnumerable<long> sizes) => [.. Global("torch\nSize"), (byte)'(', .. sizes.SelectMany(Number), (byte)'t', 0x85, (byte)'R'];

    private static byte[] New(string name) => [.. Global(name), (byte)')', 0x81];

    private static byte[] Global(string name) => [(byte)'c', .. Encoding.UTF8.GetBytes(name), (byte)'\n'];

    private static byte[] Number(long value) => [0x8A, 8, .. BitConverter.GetBytes(value)];

    private static byte[] Text(string text) => [(byte)'X', .. BitConverter.GetBytes(text.Length), .. Encoding.UTF8.GetBytes(text)];
}

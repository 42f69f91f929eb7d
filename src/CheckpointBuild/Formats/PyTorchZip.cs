using System;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Formats;

/// <summary>PyTorch's container since 1.6: a zip archive of stored records, the program that builds the object and the bytes of its storages.</summary>
/// <remarks>
/// <code>
/// TOP/data.pkl | TOP/.format_version | TOP/.storage_alignment | TOP/byteorder | TOP/data/0 | TOP/data/1 | … | TOP/version | TOP/.data/serialization_id | directory
/// </code>
/// Every record's bytes begin at a multiple of 64.
/// </remarks>
internal sealed class PyTorchZip : Format
{
    /// <inheritdoc/>
    public override string Name => "pytorch";

    /// <inheritdoc/>
    public override bool Recognizes(ReadOnlySpan<byte> head, long length) => Begins(head);

    /// <inheritdoc/>
    public override TensorFile Read(ByteSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return PyTorchArchive.Read(source).ToTensorFile();
    }

    /// <inheritdoc/>
    public override FilePlan Plan(string path, TensorFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return PyTorchZipWriter.Plan(path, PyTorchFile.RootOf(file), PyTorchRecords.Full);
    }

    /// <summary>Whether a file begins as a zip archive.</summary>
    /// <param name="head">Its first bytes.</param>
    /// <returns>True when the first record's header stands there.</returns>
    internal static bool Begins(ReadOnlySpan<byte> head) => head.StartsWith("PK\u0003\u0004"u8);
}

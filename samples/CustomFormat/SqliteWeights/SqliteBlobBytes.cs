using CheckpointBuild.Tensors;
using Microsoft.Data.Sqlite;

namespace SqliteWeights;

/// <summary>The bytes of one blob, read where they are asked for. A connection serves one thread at a time; bands are read by many.</summary>
public sealed class SqliteBlobBytes(SqliteConnection connection, string path, long rowId, long length) : ByteSource
{
    public override string Name => path;

    public override long Length => length;

    public override void Read(long offset, Span<byte> destination)
    {
        lock (connection)
        {
            using var blob = new SqliteBlob(connection, "tensors", "data", rowId, readOnly: true);
            blob.Position = offset;
            blob.ReadExactly(destination);
        }
    }
}

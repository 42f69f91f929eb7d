using System.Globalization;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using Microsoft.Data.Sqlite;

namespace SqliteWeights;

/// <summary>Finds tensors in <c>weights.sqlite</c>: <c>create table tensors (name text, dtype text, shape text, data blob)</c>, shapes as numbers between spaces.</summary>
public sealed class SqliteTensors : TensorSource
{
    private const string FileName = "weights.sqlite";

    public override bool Recognizes(CheckpointDirectory directory) => directory.Has(FileName);

    public override IReadOnlyList<Tensor> Read(CheckpointDirectory directory, ICollection<Diagnostic> problems)
    {
        // Opened through the directory too: the engine depends on the file's bytes.
        string path = directory.OpenFile(FileName).Name;
        var connection = directory.Keep(new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ConnectionString));
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "select rowid, name, dtype, shape, length(data) from tensors order by name";
        using SqliteDataReader row = command.ExecuteReader();

        var tensors = new List<Tensor>();
        while (row.Read())
        {
            string name = row.GetString(1);
            if (!DType.TryParse(row.GetString(2), out DType? dtype))
            {
                throw new CheckpointException("SQLITE1", $"{path}: tensor '{name}' has the unknown dtype '{row.GetString(2)}'. Use float32, float16 or bfloat16.", path);
            }

            var shape = new Shape([.. row.GetString(3).Split(' ').Select(n => long.Parse(n, CultureInfo.InvariantCulture))]);
            ByteSource bytes = directory.Keep(new SqliteBlobBytes(connection, path, row.GetInt64(0), row.GetInt64(4)));
            tensors.Add(new Stored(name, dtype, shape, bytes, 0));
            if (tensors[^1].ByteCount != bytes.Length)
            {
                throw new CheckpointException("SQLITE2", $"{path}: tensor '{name}' has {bytes.Length} bytes, its shape needs {tensors[^1].ByteCount}. Export the model again.", path);
            }
        }

        return tensors;
    }
}

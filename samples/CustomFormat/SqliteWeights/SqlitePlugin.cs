using CheckpointBuild.Building.Plugins;
using CheckpointBuild.Dialects;
using SqliteWeights;

[assembly: CheckpointPlugin(typeof(SqlitePlugin), CheckpointPlugin.SurfaceVersion)]

namespace SqliteWeights;

/// <summary>Only a source of tensors: weights in a database, beside a Hugging Face configuration, under Hugging Face's names.</summary>
public sealed class SqlitePlugin : CheckpointPlugin
{
    public override string Name => "Weights in SQLite";

    public override void Register(PluginRegistry registry) => registry.Add(new SqliteDialect());
}

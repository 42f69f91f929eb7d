using CheckpointBuild.Dialects;

namespace SqliteWeights;

/// <summary>What <c>Format="sqlite"</c> means: configuration and mapping are Hugging Face's.</summary>
public sealed class SqliteDialect() : ComposedDialect("sqlite", ConfigSource.HuggingFace, new SqliteTensors());

namespace CheckpointBuild.Dialects.Meta;

/// <summary>How the files of one checkpoint share a tensor.</summary>
internal enum MetaAxis
{
    /// <summary>Every file holds all of it.</summary>
    None,

    /// <summary>Each file holds a run of rows.</summary>
    Rows,

    /// <summary>Each file holds a run of rows; where there are more files than key and value heads, several hold the same.</summary>
    KeyRows,

    /// <summary>Each file holds a run of columns.</summary>
    Columns,

    /// <summary>Rows since Llama 3, columns before: the shapes tell.</summary>
    RowsOrColumns,
}

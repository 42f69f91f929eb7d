namespace CheckpointBuild.Dialects.TensorRtLlm;

/// <summary>How a tensor is spread over the ranks of a stage.</summary>
internal enum RankSplit
{
    /// <summary>Every rank has all of it.</summary>
    Whole,

    /// <summary>By rows, each role in it by itself; biases likewise. The reference calls it column-parallel.</summary>
    Rows,

    /// <summary>By columns; every rank has the whole bias. The reference calls it row-parallel.</summary>
    Columns,

    /// <summary>Queries by heads, keys and values by theirs; a key/value head that several ranks need stands in each.</summary>
    Heads,

    /// <summary>What each query head has, with its head.</summary>
    QueryHeads,

    /// <summary>What each key/value head has, with its head.</summary>
    KeyHeads,

    /// <summary>The embedding: whole, or by rows or columns where that is asked for.</summary>
    Vocabulary,

    /// <summary>The output head: by rows, with zeros at the end where the vocabulary does not divide.</summary>
    Head,

    /// <summary>Stacked experts: dealt out by groups, and each split by rows.</summary>
    ExpertRows,

    /// <summary>Stacked experts: dealt out by groups, and each split by columns.</summary>
    ExpertColumns,
}

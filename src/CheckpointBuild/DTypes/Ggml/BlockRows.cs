namespace CheckpointBuild.DTypes.Ggml;

/// <summary>Blocks that are to be encoded: whole rows, one after the other.</summary>
/// <param name="values">[rows · columns] finite numbers.</param>
/// <param name="importance">[columns], how much each column's error counts, the same for all rows; null = not known.</param>
/// <param name="columns">Numbers in a row.</param>
/// <param name="count">How many blocks.</param>
/// <param name="blocks">Receives them.</param>
internal readonly unsafe struct BlockRows(float* values, float* importance, int columns, int count, byte* blocks)
{
    /// <summary>How many blocks.</summary>
    public int Count => count;

    /// <summary>Numbers in a row.</summary>
    public int Columns => columns;

    /// <summary>Whether importance is known.</summary>
    public bool HasImportance => importance != null;

    /// <summary>The numbers of a block.</summary>
    /// <param name="block">From 0.</param>
    /// <param name="length">Numbers in a block.</param>
    /// <returns>The first.</returns>
    public float* Values(int block, int length) => values + ((long)block * length);

    /// <summary>The importance of a block's columns.</summary>
    /// <param name="block">From 0.</param>
    /// <param name="length">Numbers in a block.</param>
    /// <returns>The first; null where it is not known.</returns>
    public float* Importance(int block, int length) => importance == null ? null : importance + ((long)block * length % columns);

    /// <summary>Where a block goes.</summary>
    /// <param name="block">From 0.</param>
    /// <param name="bytes">Bytes in a block.</param>
    /// <returns>Its first byte.</returns>
    public byte* Block(int block, int bytes) => blocks + ((long)block * bytes);
}

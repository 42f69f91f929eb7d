namespace CheckpointBuild.DTypes.Ggml;

/// <summary>Some float32 numbers that are computed with side by side: the same operations, each rounded once, in the same order for every lane.</summary>
/// <remarks>
/// ggml's quantizers search scales with sums whose order is part of their result. So a lane is not an element of a sum but a whole sub-block: sixteen sub-blocks are searched together, each exactly as it would be alone,
/// with comparisons and selection in place of branches. <see cref="Lane1"/> is the scalar form and the specification; the wider forms give the same bits because no operation mixes lanes.
/// </remarks>
/// <typeparam name="TSelf">The form.</typeparam>
internal unsafe interface ILanes<TSelf>
    where TSelf : struct, ILanes<TSelf>
{
    /// <summary>How many numbers there are: 1, 8 or 16.</summary>
    static abstract int Count { get; }

    /// <summary>Gives every lane the same number.</summary>
    static abstract TSelf All(float value);

    /// <summary>Loads <see cref="Count"/> neighbouring numbers.</summary>
    static abstract TSelf Load(float* source);

    /// <summary>Loads <see cref="Count"/> neighbouring bytes as numbers 0 to 255.</summary>
    static abstract TSelf LoadBytes(byte* source);

    /// <summary>Numbers of a table at <see cref="Count"/> neighbouring indices 0 to 7. The table has as many numbers as there are lanes, and at least eight.</summary>
    static abstract TSelf Lookup(float* table, byte* indices);

    /// <summary>The magnitude.</summary>
    static abstract TSelf Abs(TSelf value);

    /// <summary>The square root, correctly rounded.</summary>
    static abstract TSelf Sqrt(TSelf value);

    /// <summary><see cref="Rounding.Nearest(float, int, int)"/>.</summary>
    static abstract TSelf Nearest(TSelf value, int low, int high);

    /// <summary>Cuts off the fraction of numbers whose magnitude is below 2^31.</summary>
    static abstract TSelf Truncate(TSelf value);

    /// <summary>All bits set where left &gt; right, else none; none where one is NaN.</summary>
    static abstract TSelf Greater(TSelf left, TSelf right);

    /// <summary>All bits set where the numbers are equal, else none.</summary>
    static abstract TSelf Same(TSelf left, TSelf right);

    /// <summary>What both masks hold.</summary>
    static abstract TSelf Both(TSelf left, TSelf right);

    /// <summary>What one of two masks holds.</summary>
    static abstract TSelf Either(TSelf left, TSelf right);

    /// <summary>Bit by bit, where the mask is set the first, else the second.</summary>
    static abstract TSelf Select(TSelf mask, TSelf set, TSelf clear);

    /// <summary>Whether any lane of a mask is set.</summary>
    static abstract bool Any(TSelf mask);

    /// <summary>The larger of two finite numbers, lane by lane; of zeros either.</summary>
    static abstract TSelf Max(TSelf left, TSelf right);

    /// <summary>The largest of finite numbers; of zeros either. It does not depend on the order in which it is looked for.</summary>
    static abstract float Largest(TSelf value);

    /// <summary>The bits of a mask, lane 0 lowest.</summary>
    static abstract uint Bits(TSelf mask);

    /// <summary>Stores the numbers side by side.</summary>
    void Store(float* target);

    /// <summary>Stores whole numbers from -128 to 255 as bytes, side by side.</summary>
    void StoreBytes(byte* target);

    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf value);

    static abstract TSelf operator *(TSelf left, TSelf right);

    static abstract TSelf operator /(TSelf left, TSelf right);
}

namespace CheckpointBuild.DTypes.Ggml;

/// <summary>Sub-blocks turned so that a lane is a sub-block: element i of all lanes lies side by side.</summary>
internal static unsafe class Turned
{
    /// <summary>Turns numbers.</summary>
    /// <param name="rows">The blocks.</param>
    /// <param name="blockLength">Numbers in a block.</param>
    /// <param name="first">The first sub-block, counted over all blocks; those past the end become zeros.</param>
    /// <param name="n">Numbers in a sub-block.</param>
    /// <param name="x">Receives [n, lanes].</param>
    public static void Values<T>(BlockRows rows, int blockLength, int first, int n, float* x)
        where T : struct, ILanes<T>
    {
        int perBlock = blockLength / n;
        for (int lane = 0; lane < T.Count; lane++)
        {
            int sub = first + lane, block = sub / perBlock;
            Lane<T>(block < rows.Count ? rows.Values(block, blockLength) + (sub % perBlock * n) : null, n, x + lane);
        }
    }

    /// <summary>Turns the importance of the same columns.</summary>
    /// <param name="rows">The blocks.</param>
    /// <param name="blockLength">Numbers in a block.</param>
    /// <param name="first">The first sub-block, counted over all blocks; those past the end become zeros.</param>
    /// <param name="n">Numbers in a sub-block.</param>
    /// <param name="q">Receives [n, lanes].</param>
    public static void Importance<T>(BlockRows rows, int blockLength, int first, int n, float* q)
        where T : struct, ILanes<T>
    {
        int perBlock = blockLength / n;
        for (int lane = 0; lane < T.Count; lane++)
        {
            int sub = first + lane, block = sub / perBlock;
            Lane<T>(block < rows.Count ? rows.Importance(block, blockLength) + (sub % perBlock * n) : null, n, q + lane);
        }
    }

    /// <summary>Weights of importance: q · sqrt(v + x²).</summary>
    /// <param name="x">[n, lanes] numbers.</param>
    /// <param name="q">[n, lanes] importance.</param>
    /// <param name="v">[lanes] variances.</param>
    /// <param name="n">Numbers in a sub-block.</param>
    /// <param name="w">Receives [n, lanes].</param>
    public static void Weigh<T>(float* x, float* q, float* v, int n, float* w)
        where T : struct, ILanes<T>
    {
        T variance = T.Load(v);
        for (int i = 0; i < n; i++)
        {
            T value = T.Load(x + (i * T.Count));
            (T.Load(q + (i * T.Count)) * T.Sqrt(variance + (value * value))).Store(w + (i * T.Count));
        }
    }

    /// <summary>Squares, the weights of the forms without importance.</summary>
    /// <param name="x">[n, lanes] numbers.</param>
    /// <param name="n">Numbers in a sub-block.</param>
    /// <param name="w">Receives [n, lanes].</param>
    public static void Square<T>(float* x, int n, float* w)
        where T : struct, ILanes<T>
    {
        for (int i = 0; i < n; i++)
        {
            T value = T.Load(x + (i * T.Count));
            (value * value).Store(w + (i * T.Count));
        }
    }

    /// <summary>The sum of squares in order.</summary>
    /// <param name="x">[n] numbers.</param>
    /// <param name="n">How many.</param>
    /// <returns>The sum.</returns>
    public static float SumOfSquares(float* x, int n)
    {
        float sum = 0;
        for (int i = 0; i < n; i++)
        {
            sum += x[i] * x[i];
        }

        return sum;
    }

    private static void Lane<T>(float* source, int n, float* target)
        where T : struct, ILanes<T>
    {
        for (int i = 0; i < n; i++)
        {
            target[i * T.Count] = source == null ? 0 : source[i];
        }
    }
}

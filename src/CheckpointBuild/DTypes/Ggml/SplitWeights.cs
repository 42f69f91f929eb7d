namespace CheckpointBuild.DTypes.Ggml;

/// <summary>The weights of IQ1_S and IQ1_M.</summary>
internal static unsafe class SplitWeights
{
    private const int Length = 256;

    /// <summary>Computes them for a block.</summary>
    /// <param name="x">[256] numbers.</param>
    /// <param name="importance">[256] importance, or null.</param>
    /// <param name="weights">Receives [256] weights.</param>
    /// <param name="isPlainSquare">Whether weights without importance are squares; else all columns weigh the same.</param>
    public static void Of<T>(float* x, float* importance, float* weights, bool isPlainSquare)
        where T : struct, ILanes<T>
    {
        T variance = T.All(2 * Turned.SumOfSquares(x, Length) / Length);
        for (int i = 0; i < Length; i += T.Count)
        {
            T value = T.Load(x + i), square = value * value;
            T weight = importance == null && isPlainSquare ? square : T.Sqrt(variance + square);
            (importance == null ? weight : T.Load(importance + i) * weight).Store(weights + i);
        }
    }
}

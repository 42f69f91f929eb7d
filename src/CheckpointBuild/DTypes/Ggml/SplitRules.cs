namespace CheckpointBuild.DTypes.Ggml;

/// <summary>What tells IQ1_S and IQ1_M apart.</summary>
/// <param name="SubLength">Columns that share a scale.</param>
/// <param name="Tiny">A sub-block whose numbers are all smaller has a scale of 0.</param>
/// <param name="PlainIsSquare">Whether columns without importance weigh by their squares; else by the root of square and variance.</param>
internal readonly record struct SplitRules(int SubLength, float Tiny, bool PlainIsSquare);

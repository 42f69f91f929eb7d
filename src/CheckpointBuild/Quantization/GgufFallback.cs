using CheckpointBuild.DTypes;

namespace CheckpointBuild.Quantization;

/// <summary>What llama.cpp's quantizer gives rows that are no whole number of a dtype's blocks.</summary>
internal static class GgufFallback
{
    /// <summary>The dtype for rows of a width.</summary>
    /// <param name="wanted">The dtype chosen.</param>
    /// <param name="columns">Columns of a row.</param>
    /// <returns>The dtype itself where the rows fit, else the next larger in blocks of 32, else float16; null where the reference has nothing.</returns>
    public static DType? For(DType wanted, long columns)
    {
        if (wanted.Fits(columns))
        {
            return wanted;
        }

        string? smaller = wanted.Name switch
        {
            "Q2_K" or "Q3_K" or "TQ1_0" or "TQ2_0" or "Q2_0" => "Q4_0",
            "Q4_K" => "Q5_0",
            "Q5_K" => "Q5_1",
            "Q6_K" => "Q8_0",
            "Q1_0" => null,
            ['I', 'Q', ..] => "IQ4_NL",
            _ => "F16",
        };
        return !DType.TryParse(smaller, out DType? dtype) ? null : dtype.Fits(columns) ? dtype : DType.F16;
    }
}

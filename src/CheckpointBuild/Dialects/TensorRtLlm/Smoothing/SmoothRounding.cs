namespace CheckpointBuild.Dialects.TensorRtLlm.Smoothing;

/// <summary>How a number is scaled before it is rounded to an integer; the reference has three ways that differ in the last bit.</summary>
internal enum SmoothRounding
{
    /// <summary>The product with the scale, in float32: where scales are vectors.</summary>
    Product,

    /// <summary>The product with the scale, rounded to the weights' dtype: where there is one scale.</summary>
    RoundedProduct,

    /// <summary>The quotient by the scale's inverse, both in float16: where grouped queries have one scale each for queries, keys and values.</summary>
    HalfQuotient,
}

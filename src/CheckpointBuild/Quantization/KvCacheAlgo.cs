namespace CheckpointBuild.Quantization;

/// <summary>What a runtime's cache of keys and values holds.</summary>
public enum KvCacheAlgo
{
    /// <summary>Eight-bit integers with one scale.</summary>
    Int8,

    /// <summary>Eight-bit floats (E4M3) with one scale.</summary>
    Fp8,
}

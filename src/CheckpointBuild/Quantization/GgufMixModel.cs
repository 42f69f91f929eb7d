namespace CheckpointBuild.Quantization;

/// <summary>What the choices of <see cref="GgufMix"/> depend on beside names.</summary>
/// <param name="Architecture">What <c>general.architecture</c> holds.</param>
/// <param name="LayerCount">Layers, those that are left out included.</param>
/// <param name="HeadRatio">Query heads that share a key/value head.</param>
/// <param name="ExpertCount">Experts of a layer; 0 where there are none.</param>
internal sealed record GgufMixModel(string Architecture, int LayerCount, int HeadRatio, int ExpertCount)
{
    /// <summary>Whether the quantizer treats it as falcon.</summary>
    public bool IsFalcon => Architecture == "falcon";

    /// <summary>Whether the quantizer takes it for a model of 70 billion weights.</summary>
    public bool IsSeventyBillion => LayerCount == 80 && (Architecture is "llama" or "qwen2");
}

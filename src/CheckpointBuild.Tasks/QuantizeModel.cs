using Microsoft.Build.Framework;

namespace CheckpointBuild.Tasks;

/// <summary>Quantizes checkpoints, with calibration where the method needs it.</summary>
/// <remarks>The metadata <c>Quantization</c> names the method or type; the product's format follows it.</remarks>
[MSBuildMultiThreadableTask]
public sealed class QuantizeModel : WorkerTask
{
    private protected override string RequiredMetadata => "Quantization";
}

using Microsoft.Build.Framework;

namespace CheckpointBuild.Tasks;

/// <summary>Converts checkpoints to another ecosystem's form: names, arrangement, dtype, adapters merged, ranks split.</summary>
/// <remarks>The metadata <c>Engine</c> names the dialect to write; without <c>DType</c> every tensor keeps its dtype and bits.</remarks>
[MSBuildMultiThreadableTask]
public sealed class ConvertCheckpoint : WorkerTask
{
    private protected override string RequiredMetadata => "Engine";
}

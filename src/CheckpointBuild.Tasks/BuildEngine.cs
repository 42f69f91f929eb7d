using Microsoft.Build.Framework;

namespace CheckpointBuild.Tasks;

/// <summary>Builds shippable engines from checkpoints: everything that <see cref="ConvertCheckpoint"/> and <see cref="QuantizeModel"/> do, and an engine target, in one pass over the weights.</summary>
/// <remarks>The metadata <c>Engine</c> names the target: <c>gguf</c>, <c>huggingface</c>, <c>tensorrt-llm</c> and so on.</remarks>
[MSBuildMultiThreadableTask]
public sealed class BuildEngine : WorkerTask
{
    private protected override string RequiredMetadata => "Engine";
}

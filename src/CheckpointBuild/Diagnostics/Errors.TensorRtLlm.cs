namespace CheckpointBuild.Diagnostics;

/// <content>32xx: TensorRT-LLM checkpoints.</content>
internal static partial class Errors
{
    internal static CheckpointException GridImpossible(int tensor, int pipeline, int context, int most) => new("CKPT3201",
        $"ranks: TensorParallel {tensor} × PipelineParallel {pipeline} × ContextParallel {context} cannot be (each at least 1, together at most {N(most)}). Choose sizes that your machines have.");

    internal static CheckpointException ExpertGridWrong(int tensor, int expert, int ranks) => new("CKPT3202",
        $"ranks: MoeTensorParallel {tensor} × MoeExpertParallel {expert} is not TensorParallel ({ranks}). Choose two that multiply to it, or leave one out.");

    internal static CheckpointException SplitUneven(string tensor, string what, long found, int ranks) => new("CKPT3203",
        $"{tensor}: its {N(found)} {what} cannot be split evenly over {ranks} ranks. Choose a number of ranks that divides them.");

    internal static CheckpointException HeadsUneven(string checkpoint, string what, int heads, int ranks, string valid) => new("CKPT3204",
        $"{checkpoint}: {heads} {what} cannot be split over {ranks} ranks. Choose TensorParallel as one of {valid}.");

    internal static CheckpointException StagesUneven(string checkpoint, int layers, int stages, string valid) => new("CKPT3205",
        $"{checkpoint}: {layers} layers do not divide into {stages} pipeline stages; this release would leave layers out without a word. Choose PipelineParallel as one of {valid}, or TensorRtLlmVersion 1.0 or later, whose first stages take one more.");

    internal static CheckpointException ReferenceRefuses(string architecture, string reason) => new("CKPT3206",
        $"{architecture}: the reference has no such checkpoint ({reason}). Leave Compatibility at safe, where it is made.");

    internal static CheckpointException UnknownGpu(int sm) => new("CKPT3207",
        $"TargetSm {sm}: the order of packed weights for such a GPU is not known (known: 75 to 99). Choose TargetSm 0, so that weights are packed where the engine is built, or another quantization.");

    internal static CheckpointException KernelCannotTake(string module, string shape, int sm, string algorithm) => new("CKPT3208",
        $"{module}: its share {shape} does not fit the tiles of {algorithm} for compute capability {sm} (64 columns, 32 bytes of a column). Choose fewer ranks, or another quantization.");

    internal static CheckpointException RankWithoutBlock(string module, string shape, int ranks, int rank) => new("CKPT3209",
        $"{module}: of its {shape} in blocks padded to 64 nothing is left for rank {rank} of {ranks}. Choose fewer ranks, or no weight-only quantization.");

    internal static Diagnostic LayersLost(string checkpoint, int layers, int stages, int lost) => new("CKPT3220",
        $"{checkpoint}: {layers} layers do not divide into {stages} pipeline stages; the last {lost} are left out, as the reference does. The engine computes something else than the model: choose another number of stages.");

    internal static Diagnostic BiasesLost(string checkpoint, string field) => new("CKPT3221",
        $"{checkpoint}: the biases of its feed-forward blocks are left out and '{field}' is written as false, as the reference does. The engine computes something else than the model: leave Compatibility at safe.");

    internal static Diagnostic BiasesKept(string checkpoint, string field) => new("CKPT3222",
        $"{checkpoint}: the biases of its feed-forward blocks are kept and '{field}' is written as true; the reference would drop them without a word. Compare with its files only by Compatibility=reference.");
}

using System.Collections.Generic;
using CheckpointBuild.Tasks.Checkpoints;

namespace CheckpointBuild.Tasks.States;

/// <summary>One checkpoint on its way through a task: the question, the remembered answer, the new one.</summary>
/// <param name="checkpoint">The checkpoint.</param>
/// <param name="question">What is asked.</param>
/// <param name="sourceBytes">Size of the source files, in bytes.</param>
/// <param name="statePath">Where the answer is remembered.</param>
internal sealed class EngineJob(CheckpointItem checkpoint, EngineQuestion question, long sourceBytes, string statePath)
{
    /// <summary>The checkpoint.</summary>
    internal CheckpointItem Checkpoint { get; } = checkpoint;

    /// <summary>Size of the source files, in bytes.</summary>
    internal long SourceBytes { get; } = sourceBytes;

    /// <summary>Where the answer is remembered.</summary>
    internal string StatePath { get; } = statePath;

    /// <summary>The engine: remembered or new; null until there is one.</summary>
    internal EngineProduct? Product { get; set; }

    /// <summary>The engines that were remembered before this build, whether they still hold or not: the last one, and one from before a build that failed.</summary>
    internal IReadOnlyList<EngineProduct> Previous { get; private set; } = [];

    /// <summary>Says why the tool must be asked; null, and <see cref="Product"/> is set, when the remembered answer still holds.</summary>
    internal string? WhyStale()
    {
        EngineState? state = EngineState.Read(StatePath);
        string? reason = state switch
        {
            null => "not built yet",
            _ when question.DifferenceFrom(state.Question) is { } difference => difference,
            _ when !state.Product.IsComplete() => "its files are no longer in the store",
            _ => null,
        };
        List<EngineProduct> previous = [];
        foreach (EngineState? before in new[] { state, EngineState.ReadPrevious(StatePath) })
        {
            if (before is not null)
            {
                previous.Add(before.Product);
            }
        }

        Previous = previous;
        Product = reason is null ? state!.Product : null;
        return reason;
    }

    /// <summary>Says that the output holds the new engine and nothing of those before it.</summary>
    internal void Settle() => EngineState.DeletePrevious(StatePath);

    /// <summary>Remembers the new answer.</summary>
    /// <param name="inputs">The checkpoint's files where asking changed them; null where they are as they were.</param>
    internal void Remember(SourceStamps? inputs) => new EngineState(Checkpoint.TargetFolder, inputs is null ? question : question.With(inputs), Product!).Write(StatePath);
}

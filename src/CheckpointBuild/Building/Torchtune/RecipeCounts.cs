using System.Numerics;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Building.Torchtune;

/// <summary>The counts in a recipe's state by which training goes on. torchtune's checkpointers hand on whatever stands there; a loop that starts from an epoch that cannot be trains nothing, or everything anew.</summary>
internal static class RecipeCounts
{
    private const string EpochsRun = "epochs_run";
    private const string TotalEpochs = "total_epochs";

    /// <summary>Checks those that are stated; a loop of one's own may keep other keys, and none of these.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="recipe">Its content.</param>
    /// <exception cref="CheckpointException">CKPT2159 when a count is none, is below zero, or more epochs were run than there are.</exception>
    public static void Check(string path, PickleDictionary recipe)
    {
        BigInteger? run = CountOf(path, recipe, EpochsRun), total = CountOf(path, recipe, TotalEpochs);
        if (run > total)
        {
            throw Errors.TuneRecipeBroken(path, $"{run} epochs of {total} were run ({EpochsRun}, {TotalEpochs})");
        }
    }

    private static BigInteger? CountOf(string path, PickleDictionary recipe, string key)
    {
        object? value = recipe.TryGet(key, out object? found) ? found : null;
        BigInteger? count = value switch
        {
            null or Tensor => null,
            int number => number,
            long number => number,
            BigInteger number => number,
            string text => throw Errors.TuneRecipeBroken(path, $"{key} is {Errors.Quote(text)}, a count is needed"),
            _ => throw Errors.TuneRecipeBroken(path, $"{key} is a {value.GetType().Name}, a count is needed"),
        };
        return count?.Sign < 0 ? throw Errors.TuneRecipeBroken(path, $"{key} is {count}, a count is needed") : count;
    }
}

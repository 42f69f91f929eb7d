using System;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects;

/// <summary>Takes away what wrappers of training frameworks, and models with several towers, put into tensors' names.</summary>
internal static class WrapperNames
{
    private const string ModelPrefix = "model.";
    private const int MostWrappers = 4;
    private static readonly string[] Prefixes = ["_orig_mod.", "module.", "_fsdp_wrapped_module.", "base_model.model.", "language_model."];

    // torch.compile, FSDP and activation checkpointing wrap parts of a model too, so that these stand within names.
    private static readonly string[] Parts = ["._orig_mod.", "._fsdp_wrapped_module.", "._checkpoint_wrapped_module."];

    /// <summary>Takes them away.</summary>
    /// <param name="tensors">The named tensors.</param>
    /// <param name="file">Where they come from, for messages.</param>
    /// <param name="problems">Receives what was taken away.</param>
    /// <returns>The tensors under the model's own names.</returns>
    public static IReadOnlyList<Tensor> Remove(IReadOnlyList<Tensor> tensors, string file, ICollection<Diagnostic> problems)
    {
        foreach (string part in Parts.Where(part => tensors.Any(t => t.Name.Contains(part, StringComparison.Ordinal))))
        {
            problems.Add(Errors.WrapperInside(file, part[1..]));
            tensors = [.. tensors.Select(t => Renamed.Of(t, t.Name.Replace(part, ".", StringComparison.Ordinal)))];
        }

        for (int i = 0; i < MostWrappers && tensors.Count > 0 && PrefixOf(tensors) is { } prefix; i++)
        {
            problems.Add(Errors.WrapperTakenAway(file, prefix));
            tensors = [.. tensors.Select(t => Renamed.Of(t, t.Name[prefix.Length..]))];
        }

        return tensors;
    }

    private static string? PrefixOf(IReadOnlyList<Tensor> tensors) =>
        (IsModelTwice(tensors) ? [ModelPrefix] : Prefixes).FirstOrDefault(prefix => tensors.All(t => t.Name.StartsWith(prefix, StringComparison.Ordinal)));

    // A training module that keeps the whole model, head and all, under this name.
    private static bool IsModelTwice(IReadOnlyList<Tensor> tensors) =>
        tensors.Any(t => t.Name.StartsWith(ModelPrefix + ModelPrefix, StringComparison.Ordinal) || t.Name.StartsWith(ModelPrefix + "lm_head.", StringComparison.Ordinal));
}

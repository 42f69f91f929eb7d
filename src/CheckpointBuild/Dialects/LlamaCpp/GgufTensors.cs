using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <summary>A checkpoint's tensors as a GGUF file has them: named, arranged and typed, in the order of the reference converter.</summary>
internal static class GgufTensors
{
    /// <summary>The tensors that follow from roles.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="options">Gives types.</param>
    /// <returns>Each at the place of its last role in the checkpoint; stacks of experts when the layer's last expert was seen.</returns>
    /// <exception cref="CheckpointException">CKPT2012 when a role has no place in the architecture.</exception>
    public static IEnumerable<Tensor> Of(Checkpoint checkpoint, PlanOptions options)
    {
        Dictionary<TensorRole, int> places = [];
        foreach ((TensorRole role, _) in checkpoint.Tensors)
        {
            places.Add(role, places.Count);
        }

        StoredTensor[] stored = [.. GgufArchitecture.NamingOf(checkpoint.Family).TensorsOf(checkpoint.Config).Where(t => t.Roles.All(places.ContainsKey))];
        if (places.Keys.Except(stored.SelectMany(t => t.Roles)).Cast<TensorRole?>().FirstOrDefault() is { } lost)
        {
            throw Errors.CannotRun($"{checkpoint.Name}: {lost} of {checkpoint.Family.Architecture}", "GGUF", "llama.cpp has no tensor for it in this architecture; build another engine, or keep the Hugging Face form.");
        }

        ILookup<int, int> lastOfStacks = stored.Where(t => t.IsStackOfExperts).ToLookup(t => t.Roles[0].Layer, LastPlace);
        StoredTensor[] ordered = [.. stored.OrderBy(t => t.IsStackOfExperts ? lastOfStacks[t.Roles[0].Layer].Max() : LastPlace(t)).ThenBy(LastPlace)];
        List<Tensor> tensors = [.. ordered.Select(t => options.Typed(t.Roles[0], t.Join(role => checkpoint.Tensors[role])))];
        if (checkpoint.TiedHeadPlace is { } head && !GgufArchitecture.Of(checkpoint.Family).LeavesTiedHead)
        {
            var role = new TensorRole(RoleKind.Output);
            tensors.Insert(ordered.Count(t => LastPlace(t) < head), options.Typed(role, Renamed.Of(checkpoint.Tensors[new TensorRole(RoleKind.TokenEmbedding)], GgufNames.Output)));
        }

        return tensors;

        int LastPlace(StoredTensor tensor) => tensor.Roles.Max(role => places[role]);
    }
}

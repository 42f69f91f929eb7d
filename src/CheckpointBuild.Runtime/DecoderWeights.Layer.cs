using System.Linq;
using CheckpointBuild.Models;

namespace CheckpointBuild.Runtime;

/// <content>One layer.</content>
internal sealed partial class DecoderWeights
{
    private DecoderLayer Layer(int layer)
    {
        bool sparse = Config.Experts?.Layers.Contains(layer) == true;
        return new DecoderLayer
        {
            AttentionNorm = BlockNorm(Role(RoleKind.AttentionNorm)),
            Latent = Config.Latent is null ? null : Latent(layer),
            Query = Projection(Role(RoleKind.Query)),
            Key = Projection(Role(RoleKind.Key)),
            Value = Projection(Role(RoleKind.Value)),
            QueryNorm = HeadNorm(Role(RoleKind.QueryNorm)),
            KeyNorm = HeadNorm(Role(RoleKind.KeyNorm)),
            Sinks = OptionalVector(Role(RoleKind.Sinks)),
            AttentionOutput = Projection(Role(RoleKind.AttentionOutput)),
            AttentionOutputNorm = OptionalNorm(Role(RoleKind.AttentionOutputNorm)),
            FeedForwardNorm = BlockNorm(Role(RoleKind.FeedForwardNorm)),
            FeedForward = sparse ? null : Block(OptionalProjection(Role(RoleKind.Gate)), Role(RoleKind.Up), Role(RoleKind.Down)),
            Experts = sparse ? Experts(layer) : null,
            FeedForwardOutputNorm = OptionalNorm(Role(RoleKind.FeedForwardOutputNorm)),
        };

        TensorRole Role(RoleKind kind) => new(kind, layer);
    }

    // The latents' norms keep to themselves: plain root mean squares with an epsilon of their own.
    private LatentWeights Latent(int layer)
    {
        return new LatentWeights
        {
            QueryDown = OptionalProjection(new TensorRole(RoleKind.QueryDown, layer)),
            QueryDownNorm = LatentNorm(RoleKind.QueryDownNorm),
            KeyValueDown = Projection(new TensorRole(RoleKind.KeyValueDown, layer)),
            KeyValueDownNorm = LatentNorm(RoleKind.KeyValueDownNorm)!,
            RotaryKey = Projection(new TensorRole(RoleKind.RotaryKey, layer)),
        };

        Norm? LatentNorm(RoleKind kind) => OptionalVector(new TensorRole(kind, layer)) is { } weight ? new Norm(NormKind.Rms, weight, null, (float)Config.Latent!.NormEpsilon) : null;
    }

    private ExpertWeights Experts(int layer)
    {
        var shared = new TensorRole(RoleKind.SharedUp, layer);
        return new ExpertWeights
        {
            Router = Projection(new TensorRole(RoleKind.Router, layer)),
            Correction = OptionalVector(new TensorRole(RoleKind.RouterCorrection, layer)),
            Experts = [.. Enumerable.Range(0, Config.Experts!.Count).Select(Expert)],
            Shared = _checkpoint.Tensors.Find(shared) is null
                ? null
                : Block(OptionalProjection(new TensorRole(RoleKind.SharedGate, layer)), shared, new TensorRole(RoleKind.SharedDown, layer)),
            SharedRouter = OptionalProjection(new TensorRole(RoleKind.SharedRouter, layer)),
        };

        FeedForwardWeights Expert(int index) => Block(
            OptionalProjection(new TensorRole(RoleKind.ExpertGate, layer, Index: index)),
            new TensorRole(RoleKind.ExpertUp, layer, Index: index),
            new TensorRole(RoleKind.ExpertDown, layer, Index: index));
    }

    private FeedForwardWeights Block(Projection? gate, TensorRole up, TensorRole down) => new(gate, Projection(up), Projection(down));
}

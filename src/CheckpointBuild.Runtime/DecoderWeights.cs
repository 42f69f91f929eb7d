using System;
using System.Collections.Generic;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Runtime;

/// <summary>A checkpoint's weights in memory, by what they do. Only roles that the checkpoint has are read; a matrix that two roles share is read once.</summary>
internal sealed class DecoderWeights : IDisposable
{
    private readonly Checkpoint _checkpoint;
    private readonly WorkerPool _pool;
    private readonly Dictionary<Tensor, WeightMatrix> _matrices = new(ReferenceEqualityComparer.Instance);

    private DecoderWeights(Checkpoint checkpoint, WorkerPool pool)
    {
        _checkpoint = checkpoint;
        _pool = pool;
    }

    /// <summary>Token embedding, [vocabulary, hidden].</summary>
    public WeightMatrix Embedding { get; private set; } = null!;

    /// <summary>The layers in order.</summary>
    public DecoderLayer[] Layers { get; private set; } = [];

    /// <summary>Norm after the last layer.</summary>
    public Norm FinalNorm { get; private set; } = null!;

    /// <summary>Output head, [vocabulary, hidden]; the embedding where the checkpoint has none of its own.</summary>
    public Projection Output { get; private set; } = null!;

    /// <summary>Reads all weights.</summary>
    /// <param name="checkpoint">The checkpoint; its files are not needed afterwards.</param>
    /// <param name="pool">Whose threads read.</param>
    /// <returns>The weights.</returns>
    public static DecoderWeights Load(Checkpoint checkpoint, WorkerPool pool)
    {
        var weights = new DecoderWeights(checkpoint, pool);
        try
        {
            using var workspace = new Workspace();
            weights.LoadAll(workspace);
            return weights;
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (WeightMatrix matrix in _matrices.Values)
        {
            matrix.Dispose();
        }
    }

    private void LoadAll(Workspace workspace)
    {
        var embedding = new TensorRole(RoleKind.TokenEmbedding);
        Embedding = Matrix(embedding, workspace);
        Layers = new DecoderLayer[_checkpoint.Config.LayerCount];
        for (int layer = 0; layer < Layers.Length; layer++)
        {
            Layers[layer] = Layer(layer, workspace);
        }

        var output = new TensorRole(RoleKind.Output);
        FinalNorm = Norm(new TensorRole(RoleKind.FinalNorm), workspace);
        Output = Projection(_checkpoint.Tensors.Find(output) is null ? embedding : output, workspace);
    }

    private DecoderLayer Layer(int layer, Workspace workspace) => new()
    {
        AttentionNorm = Norm(new TensorRole(RoleKind.AttentionNorm, layer), workspace),
        Query = Projection(new TensorRole(RoleKind.Query, layer), workspace),
        Key = Projection(new TensorRole(RoleKind.Key, layer), workspace),
        Value = Projection(new TensorRole(RoleKind.Value, layer), workspace),
        AttentionOutput = Projection(new TensorRole(RoleKind.AttentionOutput, layer), workspace),
        FeedForwardNorm = Norm(new TensorRole(RoleKind.FeedForwardNorm, layer), workspace),
        Gate = OptionalProjection(new TensorRole(RoleKind.Gate, layer), workspace),
        Up = Projection(new TensorRole(RoleKind.Up, layer), workspace),
        Down = Projection(new TensorRole(RoleKind.Down, layer), workspace),
    };

    private Norm Norm(TensorRole role, Workspace workspace) => new(Vector(_checkpoint.Tensors[role], workspace), (float)_checkpoint.Config.NormEpsilon);

    private Projection? OptionalProjection(TensorRole role, Workspace workspace) => _checkpoint.Tensors.Find(role) is null ? null : Projection(role, workspace);

    private Projection Projection(TensorRole role, Workspace workspace) =>
        new(role, Matrix(role, workspace), _checkpoint.Tensors.Find(role.Bias) is { } bias ? Vector(bias, workspace) : null);

    private WeightMatrix Matrix(TensorRole role, Workspace workspace)
    {
        Tensor tensor = _checkpoint.Tensors[role];
        if (!_matrices.TryGetValue(tensor, out WeightMatrix? matrix))
        {
            matrix = WeightMatrix.Load(tensor, _pool, workspace);
            workspace.ReleaseResidents();
            _matrices.Add(tensor, matrix);
        }

        return matrix;
    }

    private float[] Vector(Tensor tensor, Workspace workspace)
    {
        using WeightMatrix matrix = WeightMatrix.Load(tensor, _pool, workspace);
        float[] values = new float[checked((int)tensor.Shape.ElementCount)];
        matrix.Decode(0, checked((int)matrix.Rows), values);
        return values;
    }
}

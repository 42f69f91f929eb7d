using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics.Tensors;
using System.Threading;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using Tensor = CheckpointBuild.Tensors.Tensor;

namespace CheckpointBuild.Runtime;

/// <summary>A checkpoint's weights in memory, by what they do. Only roles that the checkpoint has are read; a matrix that two roles share is read once.</summary>
internal sealed partial class DecoderWeights : IDisposable
{
    private readonly Checkpoint _checkpoint;
    private readonly WorkerPool _pool;
    private readonly Workspace _workspace;
    private readonly CancellationToken _cancellation;
    private readonly Dictionary<Tensor, WeightMatrix> _matrices = new(ReferenceEqualityComparer.Instance);

    private DecoderWeights(Checkpoint checkpoint, WorkerPool pool, Workspace workspace, CancellationToken cancellation)
    {
        _checkpoint = checkpoint;
        _pool = pool;
        _workspace = workspace;
        _cancellation = cancellation;
    }

    /// <summary>Token embedding, [vocabulary, embedding width].</summary>
    public WeightMatrix Embedding { get; private set; } = null!;

    /// <summary>Embedding of positions, [positions, hidden], or null.</summary>
    public WeightMatrix? Positions { get; private set; }

    /// <summary>Projection of the embedding to the residual stream, or null where they are equally wide.</summary>
    public Projection? EmbeddingProjection { get; private set; }

    /// <summary>Norm of what enters the first layer, or null.</summary>
    public Norm? EmbeddingNorm { get; private set; }

    /// <summary>The layers in order.</summary>
    public DecoderLayer[] Layers { get; private set; } = [];

    /// <summary>Norm after the last layer, or null.</summary>
    public Norm? FinalNorm { get; private set; }

    /// <summary>Projection of the residual stream to the embedding's width, or null where they are equally wide.</summary>
    public Projection? OutputProjection { get; private set; }

    /// <summary>Output head, [vocabulary, embedding width]; the embedding where the checkpoint has none of its own.</summary>
    public Projection Output { get; private set; } = null!;

    private ModelConfig Config => _checkpoint.Config;

    /// <summary>Reads all weights.</summary>
    /// <param name="checkpoint">The checkpoint; its files are not needed afterwards.</param>
    /// <param name="pool">Whose threads read.</param>
    /// <param name="cancellation">Looked at between matrices.</param>
    /// <returns>The weights.</returns>
    public static DecoderWeights Load(Checkpoint checkpoint, WorkerPool pool, CancellationToken cancellation) => Load(checkpoint, pool, weights =>
    {
        weights.LoadOuter();
        weights.Layers = [.. Enumerable.Range(0, weights.Config.LayerCount).Select(weights.Layer)];
    }, cancellation);

    /// <summary>Reads what stands outside the layers.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="pool">Whose threads read.</param>
    /// <param name="cancellation">Looked at between matrices.</param>
    /// <returns>The weights, without layers.</returns>
    public static DecoderWeights LoadOuter(Checkpoint checkpoint, WorkerPool pool, CancellationToken cancellation) => Load(checkpoint, pool, weights => weights.LoadOuter(), cancellation);

    /// <summary>Reads one layer.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="pool">Whose threads read.</param>
    /// <param name="layer">Which one.</param>
    /// <param name="cancellation">Looked at between matrices.</param>
    /// <returns>The weights of that layer alone, the only one of <see cref="Layers"/>.</returns>
    public static DecoderWeights LoadLayer(Checkpoint checkpoint, WorkerPool pool, int layer, CancellationToken cancellation) => Load(checkpoint, pool, weights => weights.Layers = [weights.Layer(layer)], cancellation);

    private static DecoderWeights Load(Checkpoint checkpoint, WorkerPool pool, Action<DecoderWeights> load, CancellationToken cancellation)
    {
        using var workspace = new Workspace();
        var weights = new DecoderWeights(checkpoint, pool, workspace, cancellation);
        try
        {
            load(weights);
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

    private void LoadOuter()
    {
        var embedding = new TensorRole(RoleKind.TokenEmbedding);
        Embedding = Matrix(embedding);
        Positions = OptionalMatrix(new TensorRole(RoleKind.PositionEmbedding));
        EmbeddingProjection = OptionalProjection(new TensorRole(RoleKind.EmbeddingProjection));
        EmbeddingNorm = OptionalNorm(new TensorRole(RoleKind.EmbeddingNorm));
        FinalNorm = BlockNorm(new TensorRole(RoleKind.FinalNorm));
        OutputProjection = OptionalProjection(new TensorRole(RoleKind.OutputProjection));
        var output = new TensorRole(RoleKind.Output);
        Output = Projection(_checkpoint.Tensors.Find(output) is null ? embedding : output);
    }

    private Projection? OptionalProjection(TensorRole role) => _checkpoint.Tensors.Find(role) is null ? null : Projection(role);

    private Projection Projection(TensorRole role) => new(role, Matrix(role), OptionalVector(role.Bias));

    private WeightMatrix? OptionalMatrix(TensorRole role) => _checkpoint.Tensors.Find(role) is null ? null : Matrix(role);

    private WeightMatrix Matrix(TensorRole role)
    {
        Tensor tensor = _checkpoint.Tensors[role];
        if (!_matrices.TryGetValue(tensor, out WeightMatrix? matrix))
        {
            _cancellation.ThrowIfCancellationRequested();
            matrix = WeightMatrix.Load(tensor, _pool, _workspace);
            _workspace.ReleaseResidents();
            _matrices.Add(tensor, matrix);
        }

        return matrix;
    }

    private float[]? OptionalVector(TensorRole role) => _checkpoint.Tensors.Find(role) is { } tensor ? Vector(tensor) : null;

    private float[] Vector(Tensor tensor)
    {
        using WeightMatrix matrix = WeightMatrix.Load(tensor, _pool, _workspace);
        float[] values = new float[checked((int)tensor.Shape.ElementCount)];
        matrix.Decode(0, checked((int)matrix.Rows), values);
        return values;
    }

    // A norm of the residual stream; where the family's norms have no weights, they are 1.
    private Norm? BlockNorm(TensorRole role) => Config.NormsAreBare ? new Norm(Config.NormKind, Ones(Config.HiddenSize), null, (float)Config.NormEpsilon) : OptionalNorm(role);

    private Norm? OptionalNorm(TensorRole role) => _checkpoint.Tensors.Find(role) is { } weight ? Norm(Vector(weight), OptionalVector(role.Bias)) : null;

    // Heads with weights of their own have a tensor each.
    private Norm? HeadNorm(TensorRole role)
    {
        TensorRole[] heads = [.. Enumerable.Range(0, Config.IndexCountOf(role.Kind)).Select(index => role with { Index = index })];
        return heads.Length == 0 ? OptionalNorm(role) : Norm(
            [.. heads.SelectMany(head => Vector(_checkpoint.Tensors[head]))],
            _checkpoint.Tensors.Find(heads[0].Bias) is null ? null : [.. heads.SelectMany(head => Vector(_checkpoint.Tensors[head.Bias]))]);
    }

    private Norm Norm(float[] weight, float[]? bias)
    {
        TensorPrimitives.Add(weight, Config.NormOffset, weight);
        return new Norm(Config.NormKind, weight, bias, (float)Config.NormEpsilon);
    }

    private static float[] Ones(int count)
    {
        float[] ones = new float[count];
        Array.Fill(ones, 1);
        return ones;
    }
}

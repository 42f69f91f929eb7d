using System;
using System.Linq;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Runtime.Tests.Support;

/// <summary>The forward pass of a Llama in double precision, one line after the other, without cache, threads or vectors: what the decoder is held against.</summary>
/// <param name="checkpoint">The model.</param>
/// <param name="frequencies">Radians per position of each rotary pair.</param>
/// <param name="magnitude">What sines and cosines are multiplied by.</param>
internal sealed class ReferenceDecoder(Checkpoint checkpoint, double[] frequencies, double magnitude = 1)
{
    private readonly ModelConfig _config = checkpoint.Config;

    /// <summary>Logits after each token.</summary>
    /// <param name="tokens">The sequence.</param>
    /// <returns>One array a token.</returns>
    public double[][] Logits(int[] tokens)
    {
        double[][] embedding = Matrix(new TensorRole(RoleKind.TokenEmbedding));
        double[][] x = [.. tokens.Select(t => embedding[t].ToArray())];
        for (int layer = 0; layer < _config.LayerCount; layer++)
        {
            double[][] attended = Attention(layer, [.. x.Select(row => Norm(row, new TensorRole(RoleKind.AttentionNorm, layer)))]);
            x = Sum(x, attended);
            x = Sum(x, [.. x.Select(row => FeedForward(layer, Norm(row, new TensorRole(RoleKind.FeedForwardNorm, layer))))]);
        }

        double[][] head = _config.TiedEmbeddings ? embedding : Matrix(new TensorRole(RoleKind.Output));
        return [.. x.Select(row => Times(head, Norm(row, new TensorRole(RoleKind.FinalNorm))))];
    }

    private double[][] Attention(int layer, double[][] x)
    {
        int dimension = _config.HeadDimension, group = _config.HeadCount / _config.KeyValueHeadCount;
        double[][] q = [.. x.Select((row, t) => Turned(Linear(row, RoleKind.Query, layer), t))];
        double[][] k = [.. x.Select((row, t) => Turned(Linear(row, RoleKind.Key, layer), t))];
        double[][] v = [.. x.Select(row => Linear(row, RoleKind.Value, layer))];
        return [.. x.Select((_, t) =>
        {
            double[] heads = new double[_config.HeadCount * dimension];
            for (int head = 0; head < _config.HeadCount; head++)
            {
                int from = head * dimension, keyFrom = head / group * dimension;
                double[] scores = [.. Enumerable.Range(0, t + 1).Select(j => Enumerable.Range(0, dimension).Sum(d => q[t][from + d] * k[j][keyFrom + d]) / Math.Sqrt(dimension))];
                double[] weights = [.. scores.Select(s => Math.Exp(s - scores.Max()))];
                for (int d = 0; d < dimension; d++)
                {
                    heads[from + d] = Enumerable.Range(0, t + 1).Sum(j => weights[j] * v[j][keyFrom + d]) / weights.Sum();
                }
            }

            return Linear(heads, RoleKind.AttentionOutput, layer);
        })];
    }

    private double[] FeedForward(int layer, double[] x)
    {
        double[] gate = Linear(x, RoleKind.Gate, layer), up = Linear(x, RoleKind.Up, layer);
        return Linear([.. gate.Select((g, i) => Reference.Gated(_config.Activation, _config.GateLimit, g, up[i]))], RoleKind.Down, layer);
    }

    private double[] Turned(double[] row, int position)
    {
        double[] turned = [.. row];
        int half = frequencies.Length;
        for (int head = 0; head < row.Length; head += _config.HeadDimension)
        {
            for (int i = 0; i < half; i++)
            {
                (double sine, double cosine) = Math.SinCos(position * frequencies[i]);
                double a = row[head + i], b = row[head + half + i];
                turned[head + i] = magnitude * ((a * cosine) - (b * sine));
                turned[head + half + i] = magnitude * ((b * cosine) + (a * sine));
            }
        }

        return turned;
    }

    private double[] Norm(double[] row, TensorRole role)
    {
        double scale = 1 / Math.Sqrt(row.Average(v => v * v) + _config.NormEpsilon);
        double[] weight = Matrix(role)[0];
        return [.. row.Select((v, i) => v * scale * weight[i])];
    }

    private double[] Linear(double[] x, RoleKind kind, int layer)
    {
        var role = new TensorRole(kind, layer);
        double[] y = Times(Matrix(role), x);
        return checkpoint.Tensors.Find(role.Bias) is null ? y : [.. y.Zip(Matrix(role.Bias)[0], (a, b) => a + b)];
    }

    private double[][] Matrix(TensorRole role)
    {
        Tensor tensor = checkpoint.Tensors[role];
        using var workspace = new Workspace();
        using Band band = tensor.ReadBand(new RowRange(0, (int)tensor.Rows), workspace);
        float[] values = new float[tensor.Shape.ElementCount];
        tensor.DType.Decode(band.Planes, tensor.Columns, values);
        return [.. values.Chunk(tensor.Columns).Select(row => row.Select(v => (double)v).ToArray())];
    }

    private static double[] Times(double[][] matrix, double[] x) => [.. matrix.Select(row => row.Zip(x, (a, b) => a * b).Sum())];

    private static double[][] Sum(double[][] a, double[][] b) => [.. a.Zip(b, (x, y) => x.Zip(y, (v, w) => v + w).ToArray())];
}

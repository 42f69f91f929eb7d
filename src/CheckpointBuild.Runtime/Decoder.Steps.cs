using System;
using System.Numerics.Tensors;
using CheckpointBuild.Models;
using CheckpointBuild.Runtime.Kernels;
using CheckpointBuild.Runtime.Operations;

namespace CheckpointBuild.Runtime;

/// <content>What the forward pass does to each token's row by itself. A step whose norm, table or limit is absent does nothing.</content>
public sealed partial class Decoder
{
    private readonly RowWork<(Norm? Norm, Activations Input, int First, Activations Output)> _normalize;
    private readonly RowWork<(Norm Norm, Activations Heads, int Dimension)> _normalizeHeads;
    private readonly RowWork<(RotaryTable Table, Activations Heads, int Dimension)> _rotate;
    private readonly RowWork<(Activations Values, float Limit)> _limit;
    private readonly RowWork<(Activations Plain, Activations Rotary, Activations Keys)> _joinKeys;
    private readonly RowWork<(Activations Sum, Activations Addend, float Scale)> _add;
    private readonly RowWork<(Activations Logits, ModelConfig Config)> _shapeLogits;

    private void Normalize(Norm? norm, Activations rows, int count)
    {
        if (norm is not null)
        {
            _normalize.Run(count, (norm, rows, 0, rows));
        }
    }

    private void NormalizeHeads(Norm? norm, Activations heads, int count)
    {
        if (norm is not null)
        {
            _normalizeHeads.Run(count, (norm, heads, Config.HeadNorm == HeadNorm.Whole ? heads.Width : Config.HeadDimension));
        }
    }

    private void Rotate(RotaryTable? table, Activations heads, int count)
    {
        if (table is not null)
        {
            _rotate.Run(count, (table, heads, Config.HeadDimension));
        }
    }

    private void Limit(int count)
    {
        if (Config.ProjectionLimit is { } limit)
        {
            _limit.Run(count, (_buffers.Query, (float)limit));
            _limit.Run(count, (_buffers.Key, (float)limit));
            _limit.Run(count, (_buffers.Value, (float)limit));
        }
    }

    // Without a norm the row is copied.
    private static void Normalize((Norm? Norm, Activations Input, int First, Activations Output) step, int token)
    {
        Span<float> input = step.Input.Row(step.First + token), output = step.Output.Row(token);
        if (step.Norm is null)
        {
            input.CopyTo(output);
        }
        else
        {
            step.Norm.Apply(input, output);
        }
    }

    private static void NormalizeHeads((Norm Norm, Activations Heads, int Dimension) step, int token) => step.Norm.ApplyToHeads(step.Heads.Row(token), step.Dimension);

    private static void Rotate((RotaryTable Table, Activations Heads, int Dimension) step, int token)
    {
        Span<float> row = step.Heads.Row(token);
        ReadOnlySpan<float> cosines = step.Table.Cosines(token), sines = step.Table.Sines(token);
        for (int head = step.Table.Start; head < row.Length; head += step.Dimension)
        {
            Span<float> turning = row.Slice(head, 2 * cosines.Length);
            if (step.Table.Style == RopeStyle.Halves)
            {
                Rotary.Turn(turning, cosines, sines);
            }
            else
            {
                Rotary.TurnNeighbours(turning, cosines, sines);
            }
        }
    }

    private static void Limit((Activations Values, float Limit) step, int token)
    {
        Span<float> row = step.Values.Row(token);
        TensorPrimitives.Clamp(row, -step.Limit, step.Limit, row);
    }

    // Each head's key: its part without rotation, then the part that all share.
    private static void JoinKeys((Activations Plain, Activations Rotary, Activations Keys) step, int token)
    {
        ReadOnlySpan<float> plain = step.Plain.Row(token), shared = step.Rotary.Row(token);
        int heads = (step.Keys.Width - step.Plain.Width) / step.Rotary.Width;
        int plainWidth = step.Plain.Width / heads, width = plainWidth + step.Rotary.Width;
        for (int head = 0; head < heads; head++)
        {
            Span<float> key = step.Keys.Row(token).Slice(head * width, width);
            plain.Slice(head * plainWidth, plainWidth).CopyTo(key);
            shared.CopyTo(key[plainWidth..]);
        }
    }

    private static void Add((Activations Sum, Activations Addend, float Scale) step, int token)
    {
        Span<float> sum = step.Sum.Row(token), addend = step.Addend.Row(token);
        if (step.Scale == 1)
        {
            TensorPrimitives.Add(sum, addend, sum);
        }
        else
        {
            TensorPrimitives.MultiplyAdd(addend, step.Scale, sum, sum);
        }
    }

    private static void ShapeLogits((Activations Logits, ModelConfig Config) step, int token)
    {
        Span<float> logits = step.Logits.Row(token);
        float scale = (float)(step.Config.LogitScale / step.Config.LogitDivisor);
        if (step.Config.LogitSoftCap is { } cap)
        {
            SoftCap.Apply(logits, scale, (float)cap);
        }
        else if (scale != 1)
        {
            TensorPrimitives.Multiply(logits, scale, logits);
        }
    }
}

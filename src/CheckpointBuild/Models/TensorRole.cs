using System.Text;

namespace CheckpointBuild.Models;

/// <summary>What one tensor is: a kind, the layer it belongs to, whether it is the weight or its bias, and which of several alike.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Layer">Its layer from 0, or <see cref="NoLayer"/>.</param>
/// <param name="Part">The weight, or the bias added after it.</param>
/// <param name="Index">Its expert, or the head that it alone is for, from 0; <see cref="NoIndex"/> where a layer has one.</param>
public readonly record struct TensorRole(RoleKind Kind, int Layer = TensorRole.NoLayer, TensorPart Part = TensorPart.Weight, int Index = TensorRole.NoIndex)
{
    /// <summary>The layer of tensors that stand outside the layers.</summary>
    public const int NoLayer = -1;

    /// <summary>The index of tensors of which there is one.</summary>
    public const int NoIndex = -1;

    /// <summary>Whether this belongs to a layer.</summary>
    public bool IsInLayer => Layer != NoLayer;

    /// <summary>The bias that goes with this weight.</summary>
    public TensorRole Bias => this with { Part = TensorPart.Bias };

    /// <summary>Writes <c>layer 3 Query bias</c>, <c>layer 3 ExpertUp 5</c>.</summary>
    /// <returns>The role in words.</returns>
    public override string ToString()
    {
        var text = new StringBuilder();
        if (IsInLayer)
        {
            text.Append("layer ").Append(Layer).Append(' ');
        }

        text.Append(Kind);
        if (Index != NoIndex)
        {
            text.Append(' ').Append(Index);
        }

        return text.Append(Part == TensorPart.Bias ? " bias" : "").ToString();
    }
}

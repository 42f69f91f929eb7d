using System;
using System.Collections.Immutable;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Tensors.Views;

/// <summary>Numbers that lie in a file otherwise than they are meant: the bytes of each part turned around, or a sign to be changed.</summary>
/// <param name="Source">A tensor of single numbers (block length 1, one plane).</param>
/// <param name="PartBytes">The bytes of a number, or of each half of a complex one.</param>
/// <param name="Mend">What is done.</param>
internal sealed record Mended(Tensor Source, int PartBytes, Mending Mend) : Tensor(Source.Name, Source.DType, Source.Shape)
{
    /// <inheritdoc/>
    public override string Derivation => $"{Mend}({Source.Derivation})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => [Source];

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        Source.Read(rows, destination, workspace);
        Span<byte> bytes = destination.Codes;
        if (Mend == Mending.TurnBytes)
        {
            for (int at = 0; at < bytes.Length; at += PartBytes)
            {
                bytes.Slice(at, PartBytes).Reverse();
            }

            return;
        }

        // The sign is the highest bit of a part's last byte; conjugation is for every second part.
        (int first, int step) = Mend == Mending.ChangeSign ? (PartBytes - 1, PartBytes) : ((2 * PartBytes) - 1, 2 * PartBytes);
        for (int at = first; at < bytes.Length; at += step)
        {
            bytes[at] ^= 0x80;
        }
    }
}

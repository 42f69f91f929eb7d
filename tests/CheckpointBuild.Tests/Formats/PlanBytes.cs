using System;
using System.Buffers.Binary;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Formats.Wire;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Tests.Formats;

/// <summary>Fills plans in memory, the plain way: what a builder does to a file, without its bands and threads.</summary>
internal static class PlanBytes
{
    public static byte[] Of(FilePlan plan)
    {
        byte[] file = new byte[plan.Length];
        plan.Head.Span.CopyTo(file);
        foreach (FilePiece piece in plan.Pieces)
        {
            piece.Bytes.Span.CopyTo(file.AsSpan((int)piece.Offset));
        }

        foreach (Slot slot in plan.Slots)
        {
            byte[][] planes = Of(slot.Tensor);
            planes[slot.Plane].CopyTo(file.AsSpan((int)slot.Offset, (int)slot.Length));
        }

        foreach (FileChecksum checksum in plan.Checksums)
        {
            uint crc = Crc32.Of(file.AsSpan((int)checksum.Offset, (int)checksum.Length));
            foreach (long place in checksum.Places)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan((int)place), crc);
            }
        }

        return file;
    }

    public static byte[][] Of(Tensor tensor)
    {
        using var workspace = new Workspace();
        byte[][] planes = [[], [], []];
        for (int plane = 0; plane < tensor.DType.PlaneCount; plane++)
        {
            planes[plane] = new byte[tensor.PlaneBytes(plane, tensor.Rows)];
        }

        tensor.Read(new RowRange(0, (int)tensor.Rows), new Planes(planes[0], planes[1], planes[2]), workspace);
        return planes;
    }
}

using System;
using System.Buffers.Binary;
using System.IO;
using CheckpointBuild.Formats;
using CheckpointBuild.Formats.Wire;
using Microsoft.Win32.SafeHandles;

namespace CheckpointBuild.Building;

/// <summary>The checksums of a file's slots, from those of its bands, which are filled in any order.</summary>
/// <param name="plan">The file.</param>
/// <param name="bands">Its bands by rising offset.</param>
internal sealed class BandSums(FilePlan plan, BandPlan[] bands)
{
    private readonly uint[] _sums = plan.Checksums.IsEmpty ? [] : new uint[bands.Length];

    /// <summary>Takes the bytes of a band.</summary>
    /// <param name="index">Which band.</param>
    /// <param name="bytes">Its plane 0.</param>
    public void Add(int index, ReadOnlySpan<byte> bytes)
    {
        if (_sums.Length > 0)
        {
            _sums[index] = Crc32.Of(bytes);
        }
    }

    /// <summary>Writes every checksum to its places; all bands were taken.</summary>
    /// <param name="handle">The file.</param>
    public void Write(SafeFileHandle handle)
    {
        Span<byte> field = stackalloc byte[sizeof(uint)];
        foreach (FileChecksum checksum in plan.Checksums)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(field, Of(checksum));
            foreach (long place in checksum.Places)
            {
                RandomAccess.Write(handle, field, place);
            }
        }
    }

    private uint Of(FileChecksum checksum)
    {
        uint sum = 0;
        int first = FirstBandFrom(checksum.Offset);
        for (int i = first; i < bands.Length && bands[i].Offsets[0] < checksum.Offset + checksum.Length; i++)
        {
            sum = Crc32.Combine(sum, _sums[i], bands[i].Bytes);
        }

        return sum;
    }

    private int FirstBandFrom(long offset)
    {
        (int low, int high) = (0, bands.Length);
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = bands[middle].Offsets[0] < offset ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}

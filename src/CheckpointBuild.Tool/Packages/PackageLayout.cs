using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using CheckpointBuild.Acquisition;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tool.Packages;

/// <summary>Divides a model's files over packages, none of which passes a size: the first holds the manifest, the others are <c>Id.Part2</c> and so on. A file that fits nowhere is cut.</summary>
internal static class PackageLayout
{
    // What the archive's own structures and the small parts take, per package.
    private const long Overhead = 64 << 10;
    private const long OverheadPerEntry = 512;

    /// <summary>Divides.</summary>
    /// <param name="id">The first package's id.</param>
    /// <param name="files">The files with sizes and hashes.</param>
    /// <param name="most">The most bytes of a package.</param>
    /// <returns>The files with their pieces.</returns>
    /// <exception cref="CheckpointException">CKPT6068 when the size leaves no room.</exception>
    public static ImmutableArray<PackedFile> Divide(string id, IEnumerable<LockedFile> files, long most)
    {
        if (most < 4 * Overhead)
        {
            throw Errors.PackageSizeTooSmall(most, 4 * Overhead);
        }

        var packed = ImmutableArray.CreateBuilder<PackedFile>();
        int part = 1;
        long room = most - Overhead;
        foreach (LockedFile file in files.OrderBy(f => f.Path, StringComparer.Ordinal))
        {
            var pieces = ImmutableArray.CreateBuilder<PackedPiece>();
            for (long at = 0; at < file.Size || pieces.Count == 0;)
            {
                long left = file.Size - at;
                bool opensNext = room <= OverheadPerEntry || (left > room - OverheadPerEntry && left <= most - Overhead - OverheadPerEntry);
                if (opensNext)
                {
                    part++;
                    room = most - Overhead;
                }

                long size = Math.Min(left, room - OverheadPerEntry);
                string suffix = size == file.Size ? "" : string.Create(CultureInfo.InvariantCulture, $".{pieces.Count + 1:D3}");
                pieces.Add(new PackedPiece(part == 1 ? "" : PartId(id, part), PackageManifest.FilesFolder + file.Path + suffix, size));
                room -= size + OverheadPerEntry;
                at += size;
            }

            packed.Add(new PackedFile(file.Path, file.Size, file.Sha256, pieces.DrainToImmutable()));
        }

        return packed.DrainToImmutable();
    }

    /// <summary>The id of a further package.</summary>
    /// <param name="id">The first one's.</param>
    /// <param name="part">From 2.</param>
    /// <returns>Its id.</returns>
    public static string PartId(string id, int part) => string.Create(CultureInfo.InvariantCulture, $"{id}.Part{part}");
}

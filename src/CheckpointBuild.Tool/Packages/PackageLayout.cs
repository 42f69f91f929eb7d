using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text;
using CheckpointBuild.Acquisition;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tool.Packages;

/// <summary>Divides a model's files over packages, none of which passes a size: the first holds the manifest, the others are <c>Id.Part2</c> and so on. A file that fits nowhere is cut.</summary>
internal static class PackageLayout
{
    // What the archive's own structures and the specification take, per package and per entry beside its name, which stands in three places.
    private const long Overhead = 64 << 10;
    private const long OverheadPerEntry = 256;

    /// <summary>Divides. The first package holds the manifest too, which grows with what it tells of: it is divided again until that fits.</summary>
    /// <param name="description">What the packages say about themselves.</param>
    /// <param name="manifest">The model; its files have no pieces yet.</param>
    /// <param name="most">The most bytes of a package.</param>
    /// <returns>The manifest with the files' pieces.</returns>
    /// <exception cref="CheckpointException">CKPT6068 when the size leaves no room.</exception>
    public static PackageManifest Divide(PackageDescription description, PackageManifest manifest, long most)
    {
        long readme = Encoding.UTF8.GetByteCount(description.Readme);
        for (long reserved = 0; ;)
        {
            long first = most - Overhead - readme - reserved;
            if (first <= 0 || most < 4 * Overhead)
            {
                throw Errors.PackageSizeTooSmall(most, Math.Max(4 * Overhead, Overhead + readme + reserved + 1));
            }

            PackageManifest divided = manifest with { Files = Divide(description.Id, manifest.Files, first, most - Overhead) };
            long taken = divided.ToBytes().Length;
            if (taken <= reserved)
            {
                return divided;
            }

            reserved = taken + OverheadPerEntry;
        }
    }

    private static ImmutableArray<PackedFile> Divide(string id, IEnumerable<PackedFile> files, long firstRoom, long fullRoom)
    {
        var packed = ImmutableArray.CreateBuilder<PackedFile>();
        int part = 1;
        long room = firstRoom;
        foreach (PackedFile file in files.OrderBy(f => f.Path, StringComparer.Ordinal))
        {
            // With the number of a piece at its end.
            long entry = OverheadPerEntry + (3 * (Encoding.UTF8.GetByteCount(PackageManifest.FilesFolder + file.Path) + 8));
            if (fullRoom <= entry)
            {
                throw Errors.PackageSizeTooSmall(fullRoom + Overhead, entry + Overhead + 1);
            }

            var pieces = ImmutableArray.CreateBuilder<PackedPiece>();
            for (long at = 0; at < file.Size || pieces.Count == 0;)
            {
                long left = file.Size - at;
                bool opensNext = room <= entry || (left > room - entry && left <= fullRoom - entry);
                if (opensNext)
                {
                    part++;
                    room = fullRoom;
                }

                long size = Math.Min(left, room - entry);
                string suffix = size == file.Size ? "" : string.Create(CultureInfo.InvariantCulture, $".{pieces.Count + 1:D3}");
                pieces.Add(new PackedPiece(part == 1 ? "" : PartId(id, part), PackageManifest.FilesFolder + file.Path + suffix, size));
                room -= size + entry;
                at += size;
            }

            packed.Add(file with { Pieces = pieces.DrainToImmutable() });
        }

        return packed.DrainToImmutable();
    }

    /// <summary>The id of a further package.</summary>
    /// <param name="id">The first one's.</param>
    /// <param name="part">From 2.</param>
    /// <returns>Its id.</returns>
    public static string PartId(string id, int part) => string.Create(CultureInfo.InvariantCulture, $"{id}.Part{part}");

    /// <summary>Whether an id is that of a further package.</summary>
    /// <param name="id">The first one's.</param>
    /// <param name="part">The id.</param>
    /// <returns>True when it is one that <see cref="PartId"/> gives.</returns>
    public static bool IsPartOf(string id, string part) =>
        part.Length > id.Length + 5 && int.TryParse(part.AsSpan(id.Length + 5), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 1 && part.Equals(PartId(id, number), StringComparison.OrdinalIgnoreCase);
}

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Threading;
using CheckpointBuild.Acquisition;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tool.Packages;

/// <summary>A model in extracted packages. One that lies whole in one package is used where it is; one that was cut is put together in the user's cache.</summary>
/// <param name="manifest">What it consists of.</param>
/// <param name="folders">Where each package lies; the empty name stands for the first.</param>
internal sealed class PackedModel(PackageManifest manifest, IReadOnlyDictionary<string, string> folders)
{
    /// <summary>Gives the folder that the model's files lie in, each as long as the manifest says.</summary>
    /// <param name="name">A name for a folder in the cache.</param>
    /// <param name="cancellation">Looked at between pieces.</param>
    /// <returns>The folder.</returns>
    /// <exception cref="CheckpointException">CKPT6064 when a file is missing or has another length; hashes are looked at when a file enters a build.</exception>
    public string Gather(string name, CancellationToken cancellation)
    {
        foreach (PackedPiece piece in manifest.Files.SelectMany(f => f.Pieces))
        {
            var file = new FileInfo(PathOf(piece));
            if (!file.Exists || file.Length != piece.Size)
            {
                throw Errors.PackageDamaged(file.FullName, file.Exists ? $"it has {file.Length} bytes, the manifest says {piece.Size}" : "it is missing");
            }
        }

        string own = Path.Combine(folders[""], PackageManifest.FilesFolder.TrimEnd('/'));
        return manifest.Files.All(f => f.Pieces.Length == 1 && f.Pieces[0].Package.Length == 0 && f.Pieces[0].Path == PackageManifest.FilesFolder + f.Path)
            ? own
            : Assemble(Path.Combine(Joined, name, Convert.ToHexStringLower(SHA256.HashData(manifest.ToBytes()))[..16]), cancellation);
    }

    // Of each content of the packages its own: one that was packed anew under the same version is another.
    private static string Joined => Path.Combine(Store.DefaultRoot ?? Path.GetTempPath(), "packages");

    /// <summary>Deletes what was put together, so that it is put together again.</summary>
    /// <param name="place">What <see cref="Gather"/> gave.</param>
    /// <returns>Whether it was put together: what lies in a package's own folder stays.</returns>
    public static bool Forget(string place)
    {
        if (!place.StartsWith(Joined + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            return false;
        }

        try
        {
            Directory.Delete(place, recursive: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private string Assemble(string place, CancellationToken cancellation)
    {
        foreach (PackedFile file in manifest.Files)
        {
            var target = new FileInfo(Path.Combine(place, file.Path));
            if (!target.Exists || target.Length != file.Size)
            {
                Join(file, target.FullName, cancellation);
            }
        }

        return place;
    }

    private void Join(PackedFile file, string target, CancellationToken cancellation)
    {
        string temporary = $"{target}.{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            using (FileStream output = File.Create(temporary))
            {
                foreach (PackedPiece piece in file.Pieces)
                {
                    cancellation.ThrowIfCancellationRequested();
                    using FileStream input = File.OpenRead(PathOf(piece));
                    input.CopyTo(output, 1 << 20);
                }
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.CannotWrite(target, e);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private string PathOf(PackedPiece piece) => Path.Combine(folders[piece.Package], piece.Path);
}

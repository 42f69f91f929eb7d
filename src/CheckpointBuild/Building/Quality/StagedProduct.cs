using System;
using System.Collections.Immutable;
using System.IO;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Building.Quality;

/// <summary>A folder inside the output directory in which an engine is finished under its files' own names and looked at before it replaces what stands there. Disposing it removes what was not published.</summary>
internal sealed class StagedProduct : IDisposable
{
    private const string Name = "unjudged";
    private readonly string _directory;

    private StagedProduct(string directory, string folder)
    {
        _directory = directory;
        Folder = folder;
    }

    /// <summary>Where the files are written first.</summary>
    public string Folder { get; }

    /// <summary>Makes the folder; what builds that are no longer alive left goes.</summary>
    /// <param name="directory">The output directory.</param>
    /// <returns>The staged product.</returns>
    public static StagedProduct In(string directory)
    {
        string full = Path.GetFullPath(directory), target = Path.Combine(full, Name);
        TemporaryName.RemoveAbandonedFolders(target);
        string folder = TemporaryName.Beside(target);
        Directory.CreateDirectory(folder);
        return new StagedProduct(full, folder);
    }

    /// <summary>Puts the files in their place.</summary>
    /// <param name="files">What was written.</param>
    /// <exception cref="CheckpointException">CKPT4002 when nothing could be replaced, CKPT4080 when only some could.</exception>
    public void Publish(ImmutableArray<BuiltFile> files)
    {
        for (int i = 0; i < files.Length; i++)
        {
            string target = Path.Combine(_directory, files[i].Path);
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Move(Path.Combine(Folder, files[i].Path), target, overwrite: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw i > 0 ? Errors.PartlyReplaced(_directory, i, files.Length, e) : Errors.CannotWrite(target, e);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Directory.Delete(Folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The error that ended the build is the one that the user must see; the next build removes the folder.
            return;
        }
    }
}

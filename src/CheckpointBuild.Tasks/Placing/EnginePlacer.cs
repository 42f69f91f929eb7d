using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Security.Cryptography;
using System.Threading;
using CheckpointBuild.Tasks.Diagnostics;
using CheckpointBuild.Tasks.States;
using CheckpointBuild.Tasks.Worker;

namespace CheckpointBuild.Tasks.Placing;

/// <summary>Puts engine files where an application finds them: under another name first, checked against their hash, then renamed, so that nobody ever sees a half or a wrong engine.</summary>
/// <param name="placements">What was put where by earlier builds.</param>
/// <param name="cancelled">Ends a copy between two chunks.</param>
internal sealed class EnginePlacer(PlacementRecord placements, CancelSignal cancelled)
{
    private const int MoveAttempts = 5;
    private const int MovePauseMilliseconds = 20;
    private const int ChunkBytes = 1 << 20;
    private const string PartExtension = ".part";

    /// <summary>Whether a file may become a second name of the store's own (<see cref="LinkMode.HardLink"/>).</summary>
    internal bool MayLink { get; set; }

    /// <summary>How many files were put in place, those that were there already left out.</summary>
    internal int Placed { get; private set; }

    /// <summary>Places one file with the size and time that it has in the store; does nothing when the same content lies there with both already.</summary>
    /// <returns>What went wrong, or null.</returns>
    internal TaskDiagnostic? Place(EngineFile file, string target)
    {
        try
        {
            FileInfo source = new(file.FullPath);
            if (!source.Exists)
            {
                return TaskErrors.StoreFileMissing(file.FullPath);
            }

            if (source.Length != file.Size)
            {
                return TaskErrors.StoreFileDamaged(file.FullPath, Bytes(source.Length), Bytes(file.Size));
            }

            return IsInPlace(file, source, target) ? null : Replace(file, target, source.LastWriteTimeUtc);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return TaskErrors.CannotWrite(target, exception.Message);
        }
    }

    private bool IsInPlace(EngineFile file, FileInfo source, string target)
    {
        FileInfo present = new(target);
        if (!present.Exists || LinkTarget.IsLink(present) || present.Length != source.Length || present.LastWriteTimeUtc != source.LastWriteTimeUtc)
        {
            return false;
        }

        string sha256 = file.Sha256.Length > 0 ? file.Sha256 : Sha256Text.OfFile(file.FullPath);
        if (!placements.Holds(target, sha256))
        {
            if (!Sha256Text.OfFile(target).Equals(sha256, StringComparison.Ordinal))
            {
                return false;
            }

            placements.Add(target, sha256);
        }

        return true;
    }

    private TaskDiagnostic? Replace(EngineFile file, string target, DateTime lastWrite)
    {
        string folder = Path.GetDirectoryName(target);
        Directory.CreateDirectory(folder);
        DeleteAbandoned(folder);
        string part = Path.Combine(folder, "." + Guid.NewGuid().ToString("N").Substring(0, 8) + "." + ProcessId + PartExtension);
        try
        {
            bool linked = MayLink && FileLink.TryCreate(file.FullPath, part);
            string? sha256 = linked ? Sha256Text.OfFile(part) : Copy(file.FullPath, part);
            if (sha256 is null)
            {
                return TaskErrors.NotEnoughSpace(target, file.Size, FreeBytes(folder));
            }

            if (file.Sha256.Length > 0 && !file.Sha256.Equals(sha256, StringComparison.Ordinal))
            {
                return TaskErrors.StoreFileDamaged(file.FullPath, "SHA-256 " + sha256, file.Sha256);
            }

            if (!linked)
            {
                File.SetLastWriteTimeUtc(part, lastWrite);
            }

            placements.Forget(target);
            MoveOver(part, target, sha256);
            placements.Add(target, sha256);
            Placed++;
            return null;
        }
        finally
        {
            File.Delete(part);
        }
    }

    // Null when the volume has no room for the file, which a clone does not need.
    private string? Copy(string from, string to)
    {
        using FileStream source = new(from, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
        using FileStream target = new(to, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        bool cloned = FileClone.TryClone(source, target);
        if (!cloned && FreeBytes(Path.GetDirectoryName(to)) < source.Length)
        {
            return null;
        }

        byte[] chunk = new byte[ChunkBytes];
        int read;
        while ((read = source.Read(chunk, 0, chunk.Length)) > 0)
        {
            cancelled.ThrowIfSet();
            hash.AppendData(chunk, 0, read);
            if (!cloned)
            {
                target.Write(chunk, 0, read);
            }
        }

        return Sha256Text.Of(hash.GetHashAndReset());
    }

    private static long FreeBytes(string folder)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return long.MaxValue;
        }
    }

    // A rename over the old file: whoever has that open keeps reading the old bytes to the end.
    // Two builds may share an output folder: the file that was there, or not, at the question may be gone, or there, at the rename.
    private static void MoveOver(string part, string target, string sha256)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                if (File.Exists(target))
                {
                    File.Replace(part, target, null);
                }
                else
                {
                    File.Move(part, target);
                }

                return;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException && File.Exists(target) && attempt < MoveAttempts)
            {
                if (Sha256Text.OfFile(target).Equals(sha256, StringComparison.Ordinal))
                {
                    return;
                }

                Thread.Sleep(MovePauseMilliseconds);
            }
            catch (FileNotFoundException) when (File.Exists(part) && attempt < MoveAttempts)
            {
                // The target went between the question and the rename; the next round moves instead.
            }
        }
    }

    // A build that was killed leaves its part behind; the process number in the name tells it from one that is still being written.
    private static void DeleteAbandoned(string folder)
    {
        foreach (string part in Directory.GetFiles(folder, ".*" + PartExtension))
        {
            string[] pieces = Path.GetFileName(part).Split('.');
            if (pieces.Length == 4 && int.TryParse(pieces[2], NumberStyles.None, CultureInfo.InvariantCulture, out int owner) && !IsRunning(owner))
            {
                File.Delete(part);
            }
        }
    }

    private static bool IsRunning(int processId)
    {
        try
        {
            using Process process = Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return exception is System.ComponentModel.Win32Exception;
        }
    }

    private static string ProcessId
    {
        get
        {
            using Process self = Process.GetCurrentProcess();
            return self.Id.ToString(CultureInfo.InvariantCulture);
        }
    }

    private static string Bytes(long count) => count.ToString("N0", CultureInfo.InvariantCulture) + " bytes";
}

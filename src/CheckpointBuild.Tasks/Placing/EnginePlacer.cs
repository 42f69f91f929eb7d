using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using CheckpointBuild.Tasks.Diagnostics;
using CheckpointBuild.Tasks.States;
using CheckpointBuild.Tasks.Worker;

namespace CheckpointBuild.Tasks.Placing;

/// <summary>Puts engine files where an application finds them: under another name first, checked against their hash, then renamed, so that nobody ever sees a half or a wrong engine.</summary>
/// <param name="cancelled">Ends a copy between two chunks.</param>
internal sealed class EnginePlacer(CancelSignal cancelled)
{
    private const int ChunkBytes = 1 << 20;
    private const string PartExtension = ".part";

    /// <summary>How many files were put in place, those that were there already left out.</summary>
    internal int Placed { get; private set; }

    /// <summary>Places one file with the size and time that it has in the store; does nothing when the target has both already.</summary>
    /// <returns>What went wrong, or null.</returns>
    internal TaskDiagnostic? Place(EngineFile file, string target)
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

        FileInfo present = new(target);
        if (present.Exists && !LinkTarget.IsLink(present) && present.Length == source.Length && present.LastWriteTimeUtc == source.LastWriteTimeUtc)
        {
            return null;
        }

        try
        {
            return Replace(file, target, source.LastWriteTimeUtc);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return TaskErrors.CannotWrite(target, exception.Message);
        }
    }

    private TaskDiagnostic? Replace(EngineFile file, string target, DateTime lastWrite)
    {
        string folder = Path.GetDirectoryName(target);
        Directory.CreateDirectory(folder);
        DeleteAbandoned(folder);
        string part = Path.Combine(folder, "." + Guid.NewGuid().ToString("N").Substring(0, 8) + "." + ProcessId + PartExtension);
        try
        {
            string sha256 = Copy(file.FullPath, part);
            if (file.Sha256.Length > 0 && !file.Sha256.Equals(sha256, StringComparison.Ordinal))
            {
                return TaskErrors.StoreFileDamaged(file.FullPath, "SHA-256 " + sha256, file.Sha256);
            }

            File.SetLastWriteTimeUtc(part, lastWrite);
            MoveOver(part, target);
            Placed++;
            return null;
        }
        finally
        {
            File.Delete(part);
        }
    }

    private string Copy(string from, string to)
    {
        using FileStream source = new(from, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
        using FileStream target = new(to, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        bool cloned = FileClone.TryClone(source, target);
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

        return Hexadecimal(hash.GetHashAndReset());
    }

    // A rename over the old file: whoever has that open keeps reading the old bytes to the end.
    private static void MoveOver(string part, string target)
    {
        try
        {
            File.Replace(part, target, null);
        }
        catch (FileNotFoundException)
        {
            File.Move(part, target);
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

    private static string Hexadecimal(IEnumerable<byte> bytes)
    {
        StringBuilder text = new();
        foreach (byte b in bytes)
        {
            text.Append(b.ToString("x2", CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }
}

using System;
using System.Globalization;
using System.IO;
using System.Text;

namespace CheckpointBuild.Tasks.Worker;

/// <summary>Everything that the tool says, line by line, in a file below <c>obj/</c>: what a binary log embeds and an error points to. It holds no environment.</summary>
internal sealed class WorkerLog : IDisposable
{
    private readonly StreamWriter _file;

    /// <summary>Begins the log of a request.</summary>
    /// <param name="path">The file; the log of an earlier request is replaced.</param>
    /// <param name="command">What is started.</param>
    internal WorkerLog(string path, string command)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path));
        _file = new StreamWriter(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete), new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\n" };
        _file.WriteLine(DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) + " " + command);
    }

    /// <summary>Where the log of a request lies: beside it, under its name.</summary>
    internal static string PathOf(string request) => request.Substring(0, request.Length - ".request.json".Length) + ".log";

    /// <summary>Writes a line of the tool.</summary>
    internal void Write(string line) => _file.WriteLine(line);

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}

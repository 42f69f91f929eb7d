using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Reflection;
using System.Text;
using System.Threading;

namespace CheckpointBuild.Tasks.Worker;

/// <summary>The running tool. Its standard input stays open as a lifeline: when the build ends in whatever way, the tool reads the end of it and stops.</summary>
/// <remarks>Two threads read, one thread (the caller of <see cref="Run"/>) receives, so nothing is ever logged after the task has returned.</remarks>
internal sealed class WorkerProcess : IDisposable
{
    private const int PollMilliseconds = 50;
    private static readonly MethodInfo? KillTreeMethod = typeof(Process).GetMethod("Kill", [typeof(bool)]);

    private readonly Process _process;
    private readonly Queue<(string Line, bool IsError)> _lines = new();
    private int _readers = 2;
    private bool _killed;

    /// <summary>Starts the tool.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The program cannot be started.</exception>
    internal WorkerProcess(ProcessStartInfo start)
    {
        _process = Process.Start(start);
        StartReader(_process.StandardOutput, false);
        StartReader(_process.StandardError, true);
    }

    /// <summary>How long a cancelled tool may take to stop by itself, in milliseconds.</summary>
    internal int GraceMilliseconds { get; set; } = 3000;

    /// <summary>The exit code; null when the process had to be killed.</summary>
    internal int? ExitCode { get; private set; }

    /// <summary>Whether another request can be asked.</summary>
    internal bool IsRunning => !_killed && !_process.HasExited;

    /// <summary>Asks a running tool for more; false where it has ended.</summary>
    /// <param name="folder">The folder that relative paths in metadata start from; empty = where the tool is.</param>
    /// <param name="request">The request file.</param>
    internal bool Ask(string folder, string request) => Send("request\t" + folder + "\t" + request + "\n");

    /// <summary>Receives every line until the tool has said its last word or ended; on cancellation asks it to stop, and kills it with its children when it does not.</summary>
    /// <param name="receive">Called on this thread with each line and whether it came from standard error.</param>
    /// <param name="isAnswered">Whether what was received is the whole answer, after which the tool waits for another request or ends.</param>
    /// <param name="cancelled">Ends the request.</param>
    internal void Run(Action<string, bool> receive, Func<bool> isAnswered, CancelSignal cancelled)
    {
        Stopwatch? sinceCancel = null;
        Stopwatch? sinceExit = null;
        bool drained = false;
        while (!drained && !Expired(sinceCancel) && !Expired(sinceExit))
        {
            if (TryTake(out (string Line, bool IsError) next, out drained))
            {
                receive(next.Line, next.IsError);
                if (isAnswered())
                {
                    return;
                }
            }

            if (cancelled.IsSet && sinceCancel is null)
            {
                sinceCancel = Stopwatch.StartNew();
                Send("cancel\n");
            }

            // A child of the tool may hold the pipes open after the tool itself is gone; waiting for their end would hang the build.
            sinceExit = _process.HasExited ? sinceExit ?? Stopwatch.StartNew() : null;
        }

        if (_process.WaitForExit(drained ? GraceMilliseconds : 0))
        {
            ExitCode = _process.ExitCode;
        }
        else
        {
            KillTree();
        }
    }

    /// <summary>Closes the lifeline and waits until the process is gone.</summary>
    public void Dispose()
    {
        CloseLifeline();
        if (!_killed && !_process.WaitForExit(GraceMilliseconds))
        {
            KillTree();
        }

        _process.Dispose();
    }

    /// <summary>Lets the tool read the end of its standard input, as it does when the build is gone.</summary>
    internal void CloseLifeline()
    {
        try
        {
            _process.StandardInput.Dispose();
        }
        catch (IOException)
        {
            // The other end is gone.
        }
    }

    private bool TryTake(out (string Line, bool IsError) next, out bool drained)
    {
        lock (_lines)
        {
            if (_lines.Count == 0 && _readers > 0)
            {
                Monitor.Wait(_lines, PollMilliseconds);
            }

            bool taken = _lines.Count > 0;
            next = taken ? _lines.Dequeue() : default;
            drained = !taken && _readers == 0;
            return taken;
        }
    }

    private bool Expired(Stopwatch? since) => since is not null && since.ElapsedMilliseconds > GraceMilliseconds;

    private void StartReader(StreamReader reader, bool isError)
    {
        Thread thread = new(() => ReadLines(reader, isError)) { IsBackground = true, Name = isError ? "ckpt stderr" : "ckpt stdout" };
        thread.Start();
    }

    private void ReadLines(StreamReader reader, bool isError)
    {
        try
        {
            while (reader.ReadLine() is { } line)
            {
                lock (_lines)
                {
                    _lines.Enqueue((line, isError));
                    Monitor.Pulse(_lines);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The process was let go while this thread still read.
        }
        finally
        {
            lock (_lines)
            {
                _readers--;
                Monitor.Pulse(_lines);
            }
        }
    }

    private bool Send(string line)
    {
        try
        {
            // Bytes, because the writer over this stream may begin with a byte order mark on .NET Framework.
            byte[] bytes = Encoding.UTF8.GetBytes(line);
            _process.StandardInput.BaseStream.Write(bytes, 0, bytes.Length);
            _process.StandardInput.BaseStream.Flush();
            return true;
        }
        catch (IOException)
        {
            return false; // It has ended already.
        }
    }

    private void KillTree()
    {
        _killed = true;
        try
        {
            if (KillTreeMethod is null)
            {
                _process.Kill();
            }
            else
            {
                KillTreeMethod.Invoke(_process, [true]);
            }

            _process.WaitForExit(GraceMilliseconds);
        }
        catch (Exception exception) when (exception is InvalidOperationException or TargetInvocationException or System.ComponentModel.Win32Exception)
        {
            // It ended between the question and the kill.
        }
    }
}

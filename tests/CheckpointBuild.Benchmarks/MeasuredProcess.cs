using System;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;

namespace CheckpointBuild.Benchmarks;

/// <summary>What one run of a whole process took.</summary>
/// <param name="Seconds">From its start to its end.</param>
/// <param name="PeakBytes">The most memory that was resident.</param>
/// <param name="ProcessorSeconds">User and system time of all threads.</param>
internal sealed record MeasuredProcess(double Seconds, long PeakBytes, double ProcessorSeconds)
{
    /// <summary>Runs a command to its end.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <returns>What it took.</returns>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static MeasuredProcess Run(params string[] command) => Run(mayFail: false, command);

    /// <summary>Runs a command to its end, whatever it says.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <returns>What it took.</returns>
    public static MeasuredProcess RunToAnyEnd(params string[] command) => Run(mayFail: true, command);

    private static MeasuredProcess Run(bool mayFail, string[] command)
    {
        long start = Stopwatch.GetTimestamp();
        using Process process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.OutputDataReceived += (_, _) => { };
        string errors = "";
        process.ErrorDataReceived += (_, e) => errors += e.Data + "\n";
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        (long peak, double processor) = (0, 0);
        while (!process.WaitForExit(5))
        {
            peak = Math.Max(peak, PeakOf(process.Id));
            processor = Math.Max(processor, ProcessorOf(process));
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return mayFail || process.ExitCode == 0 ? new MeasuredProcess(seconds, peak, processor) : throw new InvalidOperationException($"{string.Join(' ', command)} failed: {errors}");
    }

    private static double ProcessorOf(Process process)
    {
        try
        {
            process.Refresh();
            return process.TotalProcessorTime.TotalSeconds;
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // It ended meanwhile.
            return 0;
        }
    }

    private static long PeakOf(int process)
    {
        try
        {
            string? line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(new string([.. line.Where(char.IsAsciiDigit)]), CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}

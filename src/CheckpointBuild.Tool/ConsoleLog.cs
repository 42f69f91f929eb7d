using System;
using System.Globalization;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using CheckpointBuild.Diagnostics;
using Spectre.Console;

namespace CheckpointBuild.Tool;

/// <summary>Messages and progress on standard error: a bar on a terminal, a line every ten percent otherwise; colours only where <c>NO_COLOR</c> is not set.</summary>
/// <param name="error">Standard error.</param>
internal sealed class ConsoleLog(TextWriter error)
{
    private static readonly TimeSpan LeastRemaining = TimeSpan.FromSeconds(3);
    private readonly Lock _lines = new();

    /// <summary>Writes a line.</summary>
    /// <param name="message">What to say.</param>
    public void Say(string message) => error.WriteLine(message);

    /// <summary>Writes a warning.</summary>
    /// <param name="warning">What was noticed.</param>
    public void Warn(Diagnostic warning) => error.WriteLine($"warning {warning.Code}: {warning.Message}");

    /// <summary>Does work that reports bytes done and bytes in all.</summary>
    /// <typeparam name="T">What the work gives.</typeparam>
    /// <param name="title">What is being made.</param>
    /// <param name="work">The work; gets the function that it reports to.</param>
    /// <returns>What the work gave.</returns>
    public T WithProgress<T>(string title, Func<Action<long, long>, T> work) => WithProgress(title, work, null);


    /// <summary>Does work that waits for others and reports bytes done and bytes in all.</summary>
    /// <typeparam name="T">What the work gives.</typeparam>
    /// <param name="title">What is being fetched.</param>
    /// <param name="work">The work; gets the function that it reports to.</param>
    /// <returns>What the work gave.</returns>
    public T WithTransfer<T>(string title, Func<Action<long, long>, Task<T>> work)
    {
        var rate = new TransferRate(TimeProvider.System);
        return WithProgress(title, progress => work((done, total) =>
        {
            rate.Update(done);
            progress(done, total);
        }).GetAwaiter().GetResult(), rate);
    }

    private T WithProgress<T>(string title, Func<Action<long, long>, T> work, TransferRate? rate) =>
        Console.IsErrorRedirected || error is StringWriter ? WithLines(title, work, rate) : WithBar(title, work);

    private T WithLines<T>(string title, Func<Action<long, long>, T> work, TransferRate? rate)
    {
        int tenths = 0;
        long start = TimeProvider.System.GetTimestamp();
        return work((done, total) =>
        {
            int now = (int)(10 * done / Math.Max(1, total));
            lock (_lines)
            {
                if (now > tenths)
                {
                    tenths = now;
                    error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{title}: {now * 10} %{rate?.Text(done, total) ?? Remaining(start, done, total)}"));
                }
            }
        });
    }

    // Of work that takes long enough to wait for.
    private static string Remaining(long start, long done, long total)
    {
        TimeSpan left = TimeProvider.System.GetElapsedTime(start) * ((double)(total - done) / Math.Max(1, done));
        return left < LeastRemaining ? "" : string.Create(CultureInfo.InvariantCulture, $", about {Math.Ceiling(left.TotalSeconds):F0} s left");
    }

    private T WithBar<T>(string title, Func<Action<long, long>, T> work)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(error),
            ColorSystem = Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 } ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
        });
        return console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new DownloadedColumn(), new TransferSpeedColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                ProgressTask task = context.AddTask(Markup.Escape(title));
                return work((done, total) =>
                {
                    task.MaxValue = total;
                    task.Value = done;
                });
            });
    }
}

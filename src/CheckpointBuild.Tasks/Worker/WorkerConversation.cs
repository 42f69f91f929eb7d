using System;
using System.Collections.Generic;
using System.Globalization;
using CheckpointBuild.Tasks.Checkpoints;
using CheckpointBuild.Tasks.Diagnostics;
using CheckpointBuild.Tasks.States;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace CheckpointBuild.Tasks.Worker;

/// <summary>Understands what the tool says and passes it on to the build's log.</summary>
/// <remarks>
/// A line of the tool is <c>@ckpt</c>, a kind and fields, separated by tabs (<see cref="TabbedLine"/>):
/// <code>
/// msg      high|normal|low TEXT
/// progress ITEM PERCENT TEXT
/// diag     error|warning CODE FILE LINE COLUMN HELPLINK MESSAGE ITEM(-1: of the whole request)
/// product  ITEM KEY true|false(from the store) DIRECTORY BYTES SECONDS
/// file     ITEM RELATIVEPATH FULLPATH SIZE LASTWRITEUTCTICKS SHA256
/// result   ok|failed|cancelled
/// </code>
/// Every other line, and everything on standard error, is somebody else's chatter and becomes a low message.
/// </remarks>
/// <param name="messages">The task's log.</param>
/// <param name="diagnostics">Its errors and warnings.</param>
/// <param name="checkpoints">The checkpoints of the request, in its order.</param>
/// <param name="file">Keeps every line; null keeps none.</param>
internal sealed class WorkerConversation(TaskLoggingHelper messages, DiagnosticLog diagnostics, IReadOnlyList<CheckpointItem> checkpoints, WorkerLog? file = null)
{
    private const string Mark = "@ckpt\t";
    private const int RememberedErrors = 3;

    private readonly EngineProduct?[] _products = new EngineProduct?[checkpoints.Count];
    private readonly Dictionary<(long Item, string Work), int> _tenths = [];
    private readonly List<string> _errors = [];

    /// <summary>How loud messages are in the build's log.</summary>
    internal MessageLevel Level { get; set; } = MessageLevel.Default;

    /// <summary>Whether the tool said that all is done, and nothing else.</summary>
    internal bool Succeeded => Result == "ok" && !HasErrors;

    /// <summary>The checkpoints of the request, in its order.</summary>
    internal IReadOnlyList<CheckpointItem> Checkpoints { get; } = checkpoints;

    /// <summary>What the tool ended with: <c>ok</c>, <c>failed</c>, <c>cancelled</c>, or null when it ended without a word.</summary>
    internal string? Result { get; private set; }

    /// <summary>Whether the tool said anything about the request.</summary>
    internal bool HasHeard { get; private set; }

    /// <summary>Whether the tool said what is wrong.</summary>
    internal bool HasErrors { get; private set; }

    /// <summary>What standard error begins with, or the exception that ended the tool: why a tool that died did so.</summary>
    internal string LastWords => string.Join(" | ", _errors);

    /// <summary>The product of each checkpoint, null where none came.</summary>
    internal IReadOnlyList<EngineProduct?> Products => _products;

    /// <summary>Receives one line.</summary>
    internal void Receive(string line, bool isError)
    {
        file?.Write(line);
        if (!isError && line.StartsWith(Mark, StringComparison.Ordinal) && Understand(TabbedLine.Split(line)))
        {
            HasHeard = true;
            return;
        }

        if (isError)
        {
            RememberError(line.Trim());
        }

        messages.LogMessage(Level.Of(MessageImportance.Low), "{0}", line);
    }

    // What a dying .NET process says stands in its first lines; what follows is its stack.
    private void RememberError(string line)
    {
        if (line.StartsWith("Unhandled exception", StringComparison.Ordinal))
        {
            _errors.Clear();
        }

        if (line.Length > 0 && _errors.Count < RememberedErrors)
        {
            _errors.Add(line);
        }
    }

    private bool Understand(string[] f) => (f[1], f.Length) switch
    {
        ("msg", >= 4) => Tell(f[2], f[3]),
        ("progress", >= 5) => Progress(Number(f[2]), Number(f[3]), f[4]),
        ("diag", >= 10) => Diagnose(f),
        ("product", >= 8) => Product(Number(f[2]), f),
        ("file", >= 8) => File(Number(f[2]), f),
        ("result", >= 3) => End(f[2]),
        _ => false,
    };

    private bool Tell(string importance, string text)
    {
        messages.LogMessage(Level.Of(importance switch { "high" => MessageImportance.High, "normal" => MessageImportance.Normal, _ => MessageImportance.Low }), "{0}", text);
        return true;
    }

    // One message for every tenth of the way, whatever order the threads report in; each is an event in every log of the build.
    private bool Progress(long item, long percent, string text)
    {
        if (item < 0 || item >= Checkpoints.Count)
        {
            return false;
        }

        // What is fetched and what is built are two ways, at the same time too; rate and time left stand in brackets.
        (long Item, string Work) way = (item, text.Split('(')[0]);
        int tenth = (int)(percent / 10);
        if (tenth > (_tenths.TryGetValue(way, out int reached) ? reached : 0))
        {
            _tenths[way] = tenth;
            messages.LogMessage(Level.Of(MessageImportance.Normal), "{0}: {1} % {2}", Checkpoints[(int)item].EngineName, 10 * tenth, text);
        }

        return true;
    }

    private bool Diagnose(string[] f)
    {
        TaskDiagnostic diagnostic = new(f[3], f[8], f[4].Length > 0 ? f[4] : null)
        {
            Line = (int)Math.Max(1, Number(f[5])),
            Column = (int)Math.Max(0, Number(f[6])),
            HelpLink = f[7].Length > 0 ? f[7] : null,
        };
        long index = Number(f[9]);
        ITaskItem? item = index >= 0 && index < Checkpoints.Count ? Checkpoints[(int)index].Item : null;
        if (f[2].Equals("error", StringComparison.Ordinal))
        {
            HasErrors = true;
            diagnostics.Error(diagnostic, item);
        }
        else
        {
            diagnostics.Warning(diagnostic, item);
        }

        return true;
    }

    private bool Product(long item, string[] f)
    {
        if (item < 0 || item >= Checkpoints.Count || !double.TryParse(f[7], NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds))
        {
            return false;
        }

        _products[item] = new EngineProduct(f[3], f[4].Equals("true", StringComparison.Ordinal), f[5], Number(f[6]), seconds);
        return true;
    }

    private bool File(long item, string[] f)
    {
        if (item < 0 || item >= Checkpoints.Count || _products[item] is not { } product)
        {
            return false;
        }

        product.Add(new EngineFile(f[3].Replace('\\', '/'), f[4], Number(f[5]), f[7].ToLowerInvariant()));
        return true;
    }

    private bool End(string result)
    {
        Result = result;
        return true;
    }

    private static long Number(string field) => long.TryParse(field, NumberStyles.Integer, CultureInfo.InvariantCulture, out long value) ? value : -1;
}

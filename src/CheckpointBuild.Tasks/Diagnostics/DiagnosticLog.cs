using System;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace CheckpointBuild.Tasks.Diagnostics;

/// <summary>Writes coded errors and warnings where the build's log, editors and build servers find them.</summary>
/// <remarks>It counts its own errors: a warning that the build promotes to an error must not make the task claim that it failed.</remarks>
/// <param name="log">The task's log.</param>
internal sealed class DiagnosticLog(TaskLoggingHelper log)
{
    /// <summary>The page on which every code has a heading.</summary>
    internal const string Page = "https://github.com/checkpointbuild/checkpointbuild/blob/main/docs/codes.md#";

    /// <summary>Whether an error was written.</summary>
    internal bool HasErrors { get; private set; }

    /// <summary>Writes an error about an item: at the file that is wrong, else at the file that declares the item.</summary>
    internal void Error(TaskDiagnostic diagnostic, ITaskItem? item = null)
    {
        HasErrors = true;
        log.LogError(null, diagnostic.Code, null, HelpOf(diagnostic), PlaceOf(diagnostic, item), diagnostic.Line, diagnostic.Column, 0, 0, "{0}", OneLine(diagnostic.Message));
    }

    /// <summary>Writes a warning about an item.</summary>
    internal void Warning(TaskDiagnostic diagnostic, ITaskItem? item = null) =>
        log.LogWarning(null, diagnostic.Code, null, HelpOf(diagnostic), PlaceOf(diagnostic, item), diagnostic.Line, diagnostic.Column, 0, 0, "{0}", OneLine(diagnostic.Message));

    // Problem matchers of build servers read one line.
    private static string OneLine(string message) => message.Replace("\r\n", " ").Replace('\n', ' ').Replace('\r', ' ');

    // A code of a plug-in's own is explained by the plug-in alone.
    private static string? HelpOf(TaskDiagnostic diagnostic) =>
        diagnostic.HelpLink ?? (diagnostic.Code.StartsWith("CKPT", StringComparison.Ordinal) ? Page + diagnostic.Code.ToLowerInvariant() : null);

    private static string? PlaceOf(TaskDiagnostic diagnostic, ITaskItem? item) => diagnostic.File ?? item?.GetMetadata("DefiningProjectFullPath");
}

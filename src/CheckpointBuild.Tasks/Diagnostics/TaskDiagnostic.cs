namespace CheckpointBuild.Tasks.Diagnostics;

/// <summary>A coded error or warning of the build integration.</summary>
/// <param name="code">The code: <c>CKPT</c> and four digits, 7100 to 7199.</param>
/// <param name="message">Where, what is wrong (found, needed), and what to do.</param>
/// <param name="file">The file that it is about; null leaves that to the task, which names the project file.</param>
internal sealed class TaskDiagnostic(string code, string message, string? file = null)
{
    /// <summary>The code: <c>CKPT</c> and four digits.</summary>
    internal string Code { get; } = code;

    /// <summary>Where, what is wrong (found, needed), and what to do.</summary>
    internal string Message { get; } = message;

    /// <summary>The file that it is about, or null.</summary>
    internal string? File { get; } = file;

    /// <summary>The line in the file, from 1. Problem matchers of build servers overlook a file without a line.</summary>
    internal int Line { get; set; } = 1;

    /// <summary>The column in the line, from 1; 0 when unknown.</summary>
    internal int Column { get; set; }

    /// <summary>Where the code is explained, or null.</summary>
    internal string? HelpLink { get; set; }
}

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace CheckpointBuild.Tests.Tool;

/// <summary>What one run of the tool gave.</summary>
/// <param name="Command">The command line, for messages.</param>
/// <param name="ExitCode">0 done, 1 refused or failed, 2 usage, 130 cancelled.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record CkptResult(string Command, int ExitCode, string Output, string Error)
{
    /// <summary>Both streams.</summary>
    public string Both => $"{Output}\n{Error}";

    /// <summary>Whether the tool said a coded error and left with 1.</summary>
    public bool IsRefusal => ExitCode == 1 && Error.Contains("CKPT", StringComparison.Ordinal);

    /// <summary>The lines of standard output that are JSON arrays of numbers.</summary>
    public IReadOnlyList<int[]> IdLines => [.. Output.Split('\n').Select(l => l.Trim()).Where(l => l.StartsWith('[')).Select(l => JsonSerializer.Deserialize<int[]>(l)!)];

    /// <summary>The lines of standard output that are JSON strings.</summary>
    public IReadOnlyList<string> TextLines => [.. Output.Split('\n').Select(l => l.Trim()).Where(l => l.StartsWith('"')).Select(l => JsonSerializer.Deserialize<string>(l)!)];

    /// <inheritdoc/>
    public override string ToString() => $"{Command}\nexit {ExitCode}\n{Output}{Error}";
}

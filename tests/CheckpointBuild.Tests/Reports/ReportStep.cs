using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace CheckpointBuild.Tests.Reports;

/// <summary>One command of a report case.</summary>
/// <param name="Arguments">Of <c>ckpt</c>, with <c>{case}</c>, <c>{input}</c> and <c>{out}</c> in them.</param>
/// <param name="ExitCode">0 done, or 1 refused with a coded error.</param>
/// <param name="Error">Regular expressions that both streams together must match.</param>
/// <param name="Output">Regular expressions that standard output must match.</param>
/// <param name="MayRefuse">Whether this is the step that may refuse, where the case allows a refusal.</param>
internal sealed record ReportStep(IReadOnlyList<string> Arguments, int ExitCode, IReadOnlyList<string> Error, IReadOnlyList<string> Output, bool MayRefuse)
{
    /// <summary>Reads a step.</summary>
    /// <param name="json">An element of <c>steps</c>.</param>
    /// <returns>The step.</returns>
    public static ReportStep Read(JsonElement json) => new(
        Strings(json, "run"),
        json.GetProperty("exit").GetInt32(),
        Strings(json, "stderr"),
        Strings(json, "stdout"),
        json.TryGetProperty("may_refuse", out JsonElement may) && may.GetBoolean());

    private static string[] Strings(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement list) ? [.. list.EnumerateArray().Select(s => s.GetString()!)] : [];
}

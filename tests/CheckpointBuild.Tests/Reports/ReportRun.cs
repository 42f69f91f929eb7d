using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using CheckpointBuild.Tests.Reports.Expectations;
using CheckpointBuild.Tests.Tool;

namespace CheckpointBuild.Tests.Reports;

/// <summary>Runs a case's commands in an empty folder and judges what came of them.</summary>
/// <param name="reportCase">The case.</param>
/// <param name="scratch">An empty folder: <c>{out}</c>.</param>
internal sealed class ReportRun(ReportCase reportCase, string scratch)
{
    private readonly List<CkptResult> _results = [];

    /// <summary>The results of the steps that ran, in order.</summary>
    public IReadOnlyList<CkptResult> Results => _results;

    /// <summary>Runs the steps and judges them.</summary>
    /// <returns>The verdict.</returns>
    public async Task<ReportVerdict> JudgeAsync()
    {
        foreach (ReportStep step in reportCase.Steps)
        {
            CkptResult result = await Ckpt.RunAsync([.. step.Arguments.Select(Expand)]);
            _results.Add(result);
            if (result.ExitCode != step.ExitCode)
            {
                return reportCase.MayRefuseAt(step) && result.IsRefusal && Missing(reportCase.Refused, result.Both, RegexOptions.None) is null
                    ? Verdict(ReportOutcome.RefusedAcceptably, Faults(before: _results.Count - 1), result.Error.Trim())
                    : new ReportVerdict(result.IsRefusal || result.ExitCode == 2 ? ReportOutcome.Refused : ReportOutcome.Wrong, [$"exit {step.ExitCode} is right\n{result}"]);
            }

            if ((Missing(step.Error, result.Both, RegexOptions.IgnoreCase) ?? Missing(step.Output, result.Output, RegexOptions.IgnoreCase)) is { } missing)
            {
                return new ReportVerdict(result.IsRefusal ? ReportOutcome.Refused : ReportOutcome.Wrong, [$"/{missing}/ does not match\n{result}"]);
            }
        }

        return Verdict(ReportOutcome.Right, Faults(before: _results.Count), "everything that must hold holds");
    }

    /// <summary>Puts the case's folders into an argument or a pattern.</summary>
    /// <param name="text">With <c>{case}</c>, <c>{input}</c> and <c>{out}</c>.</param>
    /// <returns>The text with full paths.</returns>
    public string Expand(string text) => text
        .Replace("{case}", reportCase.Folder)
        .Replace("{input}", Path.Combine(reportCase.Folder, "input"))
        .Replace("{out}", scratch);

    /// <summary>The first expression that a text does not match; Python's rules, where a dot matches line ends.</summary>
    /// <param name="expressions">Regular expressions.</param>
    /// <param name="text">The text.</param>
    /// <param name="options">More options.</param>
    /// <returns>The expression, or null when all match.</returns>
    public static string? Missing(IEnumerable<string> expressions, string text, RegexOptions options) =>
        expressions.FirstOrDefault(e => !Regex.IsMatch(text, e, RegexOptions.Singleline | options));

    private static ReportVerdict Verdict(ReportOutcome good, string[] faults, string reason) => faults.Length == 0 ? new(good, [reason]) : new(ReportOutcome.Wrong, faults);

    // After a refusal only what earlier steps printed is looked at; the files may be incomplete.
    private string[] Faults(int before) =>
    [
        .. reportCase.Expectations
            .Where(e => before == reportCase.Steps.Count || (e.TryGetProperty("step", out JsonElement step) && step.GetInt32() < before))
            .SelectMany(e => Expectation.Of(e).Faults(e, this)),
    ];
}

using System.Collections.Generic;

namespace CheckpointBuild.Tests.Reports;

/// <summary>The judgement of one run of a case.</summary>
/// <param name="Outcome">How it went.</param>
/// <param name="Reasons">Why, one sentence each.</param>
internal sealed record ReportVerdict(ReportOutcome Outcome, IReadOnlyList<string> Reasons)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Outcome}\n{string.Join('\n', Reasons)}";
}

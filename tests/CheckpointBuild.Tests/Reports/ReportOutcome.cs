namespace CheckpointBuild.Tests.Reports;

/// <summary>How a report case went.</summary>
internal enum ReportOutcome
{
    /// <summary>Everything that must hold holds.</summary>
    Right,

    /// <summary>The tool refused with a code where the case accepts it.</summary>
    RefusedAcceptably,

    /// <summary>The tool refused where the case wants the right result, refused in other words than the case wants, or does not know the verb or option.</summary>
    Refused,

    /// <summary>The tool said that it was done and something does not hold, or it broke: the one thing that never passes.</summary>
    Wrong,
}

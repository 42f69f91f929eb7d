namespace CheckpointBuild.Diagnostics;

/// <summary>A coded warning: something that a reader or a stage noticed and that does not stop the work.</summary>
/// <param name="Code">The code: <c>CKPT</c> and four digits, from the same numbers as the errors.</param>
/// <param name="Message">Where, what was found, and what was done about it.</param>
/// <param name="File">The file that it is about, when it is one.</param>
public sealed record Diagnostic(string Code, string Message, string? File = null)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Code}: {Message}";
}

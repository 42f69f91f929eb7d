using System.Globalization;

namespace CheckpointBuild.Diagnostics;

/// <summary>Every coded error of the product: one named factory per code, so that a code is never used twice and each message is written once.</summary>
/// <remarks>One file per thousand: <c>Errors.Reading.cs</c> holds 1xxx, <c>Errors.Mapping.cs</c> 2xxx, and so on. Warnings have their factories in the same files and return <see cref="Diagnostic"/>.</remarks>
internal static partial class Errors
{
    /// <summary>Writes a count with thousands separators, as every message does.</summary>
    private static string N(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}

using System.Collections.Generic;
using System.IO;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tool.Nvidia;

/// <summary>The scripts' <c>--calib_dataset</c>: there the name of a data set that they fetch, here a text file. Nothing is fetched.</summary>
internal static class CalibrationFlag
{
    /// <summary>The text that the flag names.</summary>
    /// <param name="values">The flags' values.</param>
    /// <returns>Its path; null where there is no flag, or a data set's name, in whose place the built-in text stands.</returns>
    /// <exception cref="CheckpointException">CKPT1001 for what looks like a file and is none.</exception>
    public static string? TextOf(IReadOnlyDictionary<string, string> values) => values.GetValueOrDefault("--calib_dataset") is not { } set ? null
        : File.Exists(set) ? Path.GetFullPath(set)
        : Path.HasExtension(set) ? throw Errors.FileNotFound(Path.GetFullPath(set))
        : null;
}

using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace CheckpointBuild.Tests.Reports.Expectations;

/// <summary><c>f32</c>: a file of float32 numbers stays within a distance of a reference.</summary>
internal sealed class FloatsClose : Expectation
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Find(JsonElement json, ReportRun run)
    {
        float[] actual = Read(FilesOf(json, run)[0]);
        float[] expected = Read(run.Expand(json.GetProperty("reference").GetString()!));
        return FloatDistance.Faults(actual, expected, json.GetProperty("max_abs").GetDouble());
    }

    /// <summary>Reads a file of little-endian float32 numbers.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The numbers.</returns>
    internal static float[] Read(string path) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path)).ToArray();
}

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tool.Planning;

/// <summary>Asks a project's own build which engines it would make: the target <c>PlanModelEngines</c>, so that properties, conditions and targets of the project count as they do in a build.</summary>
internal static class ProjectPlan
{
    private const string Target = "PlanModelEngines";
    private const string NoSuchTarget = "MSB4057";

    /// <summary>Plans a project; it is restored, and nothing of it is built.</summary>
    /// <param name="project">The project file.</param>
    /// <param name="properties">Properties for the build, <c>Name=Value</c>.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>Its engines; none where it does not use the package.</returns>
    /// <exception cref="CheckpointException">CKPT7081 when the project cannot be evaluated or a checkpoint is refused.</exception>
    public static IReadOnlyList<PlannedEngine> Of(string project, IEnumerable<string> properties, CancellationToken cancellation)
    {
        string[] arguments = ["build", project, "-t:" + Target, "-getTargetResult:" + Target, .. properties.Select(p => "-p:" + p)];
        (int exitCode, string output, string error) = DotNetCommand.Run(Path.GetDirectoryName(project)!, arguments, cancellation);
        if ((output + error).Contains(NoSuchTarget, StringComparison.Ordinal))
        {
            return [];
        }

        return exitCode == 0 ? Read(project, output) : throw Errors.PlanFailed(project, Telling(error + output));
    }

    private static List<PlannedEngine> Read(string project, string output)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(output[output.IndexOf('{', StringComparison.Ordinal)..]);
            JsonElement result = document.RootElement.GetProperty("TargetResults").GetProperty(Target);
            return [.. result.GetProperty("Items").EnumerateArray().Select(item => new PlannedEngine(
                project, Text(item, "EngineName"), Text(item, "SourceCheckpoint"), Text(item, "ContentKey"), Text(item, "FromStore") == "true", long.Parse(Text(item, "Size"), CultureInfo.InvariantCulture)))];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or ArgumentOutOfRangeException or FormatException)
        {
            throw Errors.PlanFailed(project, e.Message);
        }
    }

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString() ?? "";

    // The first error says more than the last line.
    private static string Telling(string output) => output.Split('\n').FirstOrDefault(l => l.Contains("error ", StringComparison.Ordinal))?.Trim() ?? output.Trim();
}

using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace CheckpointBuild.Tests.Reports;

/// <summary>One kind of fault that users of other tools met: an input, commands, and what must hold afterwards.</summary>
/// <param name="Slug">Area and name: <c>gguf/tied-gguf-back-to-hf</c>.</param>
/// <param name="Folder">Where its files lie.</param>
/// <param name="Right">What a correct tool does and why.</param>
/// <param name="Steps">The commands.</param>
/// <param name="Expectations">What must hold.</param>
/// <param name="MayRefuse">Whether a coded refusal is as good as the right result.</param>
/// <param name="Refused">Regular expressions that such a refusal must match.</param>
internal sealed record ReportCase(
    string Slug, string Folder, string Right, IReadOnlyList<ReportStep> Steps, IReadOnlyList<JsonElement> Expectations, bool MayRefuse, IReadOnlyList<string> Refused)
{
    /// <summary>Reads a case.</summary>
    /// <param name="slug">Area and name.</param>
    /// <param name="folder">Where its files lie.</param>
    /// <param name="json">The root of its <c>case.json</c>.</param>
    /// <returns>The case.</returns>
    public static ReportCase Read(string slug, string folder, JsonElement json) => new(
        slug,
        folder,
        json.GetProperty("right").GetString()!,
        [.. json.GetProperty("steps").EnumerateArray().Select(ReportStep.Read)],
        [.. json.GetProperty("expect").EnumerateArray()],
        json.TryGetProperty("either", out JsonElement either) && either.GetBoolean(),
        json.TryGetProperty("refused", out JsonElement refused) ? [.. refused.EnumerateArray().Select(s => s.GetString()!)] : []);

    /// <summary>Whether a step may refuse: the one that is marked, or any where none is.</summary>
    /// <param name="step">The step.</param>
    /// <returns>True when a coded refusal is acceptable there.</returns>
    public bool MayRefuseAt(ReportStep step) => MayRefuse && (step.MayRefuse || !Steps.Any(s => s.MayRefuse));
}

using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using CheckpointBuild.Tool.Planning;

namespace CheckpointBuild.Tool.Verbs;

/// <summary><c>ckpt plan PROJECT [--print-keys]</c>: which engines a build would find or make, without building.</summary>
internal sealed class PlanVerb() : Verb("plan")
{
    private const int ShortKey = 12;

    /// <inheritdoc/>
    public override Command Create(ToolStreams streams)
    {
        var project = new Argument<string>("project") { Description = "A project, a solution, a solution filter, or a folder that holds one of them; the current folder where absent.", DefaultValueFactory = _ => "." };
        var keys = new Option<bool>("--print-keys") { Description = "Print content keys alone, one a line, sorted: what a build server names its cache by." };
        var properties = new Option<string[]>("--property", "-p") { Description = "A property of the build, such as Configuration=Release; repeatable." };
        properties.Validators.Add(result =>
        {
            foreach (string property in result.Tokens.Select(t => t.Value).Where(t => t.IndexOf('=', System.StringComparison.Ordinal) < 1))
            {
                result.AddError($"--property '{property}' has no value. Write one, such as Configuration=Release.");
            }
        });
        var command = new Command(Name, "Says which engines a build would find or make.") { project, keys, properties };
        SetAction(command, (parsed, cancellation) =>
        {
            List<PlannedEngine> engines = [];
            foreach (string path in ProjectList.Of(parsed.GetRequiredValue(project), cancellation))
            {
                engines.AddRange(ProjectPlan.Of(path, parsed.GetValue(properties) ?? [], cancellation));
            }

            IEnumerable<string> lines = parsed.GetValue(keys) ? engines.Select(e => e.Key).Distinct().Order(System.StringComparer.Ordinal) : engines.Select(Line);
            foreach (string line in lines)
            {
                streams.Output.WriteLine(line);
            }
        });
        return command;
    }

    private static string Line(PlannedEngine engine) => string.Create(
        CultureInfo.InvariantCulture,
        $"{engine.Key[..ShortKey]}  {engine.Bytes / 1e6,10:F1} MB  {(engine.IsThere ? "in the store" : "to be built ")}  {engine.Name}  ({Path.GetFileName(engine.Project)})");
}

using System.CommandLine;
using System.Text.Json.Nodes;
using CheckpointBuild.Dialects;

namespace CheckpointBuild.Tool.Verbs;

/// <summary><c>ckpt inspect PATH [--json]</c>: what a checkpoint, a weights file or an engine holds, and what is wrong with it.</summary>
internal sealed class InspectVerb() : Verb("inspect")
{
    /// <inheritdoc/>
    public override Command Create(ToolStreams streams)
    {
        Argument<string> path = CheckpointArgument();
        var json = new Option<bool>("--json") { Description = "Print JSON in place of a table." };
        var command = new Command(Name, "Shows what a checkpoint or file holds.") { path, json };
        SetAction(command, (parsed, cancellation) =>
        {
            using CheckpointDirectory directory = CheckpointDirectory.Open(Locate(parsed, path, streams, cancellation));
            JsonObject inspection = Inspection.Of(directory);
            if (parsed.GetValue(json))
            {
                streams.Output.WriteLine(Inspection.Text(inspection));
            }
            else
            {
                InspectionTable.Write(inspection, streams.Output);
            }
        });
        return command;
    }
}

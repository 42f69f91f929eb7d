using System.CommandLine;
using System.IO;
using System.Threading;
using CheckpointBuild.Building;
using CheckpointBuild.Building.Html;
using CheckpointBuild.Dialects;
using CheckpointBuild.Formats;
using CheckpointBuild.Quantization.Judging;

namespace CheckpointBuild.Tool.Verbs;

/// <summary><c>ckpt report DIR --html F</c>: what was built from what, as one page.</summary>
internal sealed class ReportVerb() : Verb("report")
{
    /// <inheritdoc/>
    public override Command Create(ToolStreams streams)
    {
        var product = new Argument<string>("product") { Description = "An engine or checkpoint that this tool wrote: its folder, or a file in it." };
        var html = new Option<string>("--html") { Description = "The page that is written.", Required = true };
        var against = new Option<string>("--against") { Description = "The checkpoint that the weights are held against, where the build did not measure their errors." };
        var command = new Command(Name, "Writes a product's report as a page.") { product, html, against };
        SetAction(command, (parsed, cancellation) =>
        {
            string folder = HtmlReport.FolderOf(parsed.GetRequiredValue(product)), path = Path.GetFullPath(parsed.GetRequiredValue(html));
            string page = HtmlReport.Of(folder, parsed.GetValue(against) is { } original ? [.. ErrorsOf(original, folder, cancellation)] : null);
            new Builder(new BuilderOptions()).Build(new DirectoryPlan([FilePlan.Of(Path.GetFileName(path), page)], []), Path.GetDirectoryName(path)!, cancellation);
            streams.Output.WriteLine(path);
        });
        return command;
    }

    private static System.Collections.Generic.IReadOnlyList<WeightError> ErrorsOf(string original, string folder, CancellationToken cancellation)
    {
        using OpenedCheckpoint left = OpenedCheckpoint.Open(new CheckpointLocation(original)), right = OpenedCheckpoint.Open(new CheckpointLocation(folder));
        return WeightErrors.Of(left.Checkpoint, right.Checkpoint, cancellation);
    }
}

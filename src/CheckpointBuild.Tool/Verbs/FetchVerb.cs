using System.CommandLine;
using System.IO;
using System.Linq;
using CheckpointBuild.Acquisition;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tool.Verbs;

/// <summary><c>ckpt fetch hf:org/name [--revision R] [--files PATTERNS] [--output DIR]</c>: gets a model into the shared cache, or into a folder, and prints where it lies.</summary>
internal sealed class FetchVerb() : Verb("fetch")
{
    /// <inheritdoc/>
    public override Command Create(ToolStreams streams)
    {
        var model = new Argument<string>("model") { Description = "hf:org/name or nuget:Id." };
        var revision = new Option<string>("--revision") { Description = "A branch, a tag or a commit; default: main.", DefaultValueFactory = _ => "main" };
        var version = new Option<string>("--version") { Description = "A package's version; default: the newest." };
        var files = new Option<string>("--files") { Description = "Patterns separated by ';': those files alone, +PATTERN and these too, -PATTERN and not these. Default: every file." };
        var output = new Option<string>("--output", "-o") { Description = "A folder that gets the files themselves; default: the shared cache." };
        var offline = new Option<bool>("--offline") { Description = "Do without the network." };
        var command = new Command(Name, "Fetches a model and prints where it lies.") { model, revision, version, files, output, offline };
        SetAction(command, (parsed, cancellation) =>
        {
            string text = parsed.GetRequiredValue(model);
            ModelReference reference = ModelReference.Parse(text) ?? throw Errors.BadModelName(text, "hf:org/name or nuget:Id");
            var request = new FetchRequest(reference, new FileSelection(SelectionStart.Everything, parsed.GetValue(files)))
            {
                Revision = reference.Origin == ModelOrigin.NuGet ? parsed.GetValue(version) ?? "" : parsed.GetRequiredValue(revision),
                LocalFolder = parsed.GetValue(output),
                ReadsFound = reference.Origin == ModelOrigin.NuGet,
            };
            using ModelSource models = ModelSource.ForUser(streams, parsed.GetValue(offline));
            FetchedModel fetched = models.Fetch(request, cancellation);
            foreach (string place in request.Files.Names.IsEmpty || request.LocalFolder is not null ? [fetched.Folder] : fetched.Files.Select(f => Path.Combine(fetched.Folder, f.Path)))
            {
                streams.Output.WriteLine(place);
            }
        });
        return command;
    }
}

using System.CommandLine;
using CheckpointBuild.Building;
using CheckpointBuild.Dialects;

namespace CheckpointBuild.Tool.Verbs;

/// <summary><c>ckpt convert CHECKPOINT --to DIALECT --output DIR</c>: writes a checkpoint in another dialect; without <c>--dtype</c> every tensor keeps its bits.</summary>
internal sealed class ConvertVerb() : Verb("convert")
{
    /// <inheritdoc/>
    public override Command Create(ToolStreams streams)
    {
        Argument<string> checkpoint = CheckpointArgument();
        Option<string> output = OutputOption();
        var to = new Option<string>("--to") { Description = "The dialect that is written.", Required = true };
        var command = new Command(Name, "Converts a checkpoint to another dialect.") { checkpoint, to, output };
        var options = new RecipeOptions(command, "Engine", "Quantization");
        SetAction(command, (parsed, cancellation) =>
        {
            Recipe recipe = RecipeField.Find("Engine")!.Set(new Recipe { Engine = "" }, parsed.GetRequiredValue(to));
            recipe = options.Apply(recipe, parsed);
            (CheckpointLocation source, ModelSource models) = options.Locate(recipe, parsed, checkpoint, streams, cancellation);
            BuildAction.Run(source, StoredTypes.Keep(recipe, source), parsed.GetRequiredValue(output), streams, cancellation);
            models.Release(recipe);
        });
        return command;
    }
}

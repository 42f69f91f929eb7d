using System.CommandLine;
using CheckpointBuild.Building;

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
            BuildAction.Run(parsed.GetRequiredValue(checkpoint), StoredTypes.Keep(options.Apply(recipe, parsed), parsed.GetRequiredValue(checkpoint)), parsed.GetRequiredValue(output), streams, cancellation);
        });
        return command;
    }
}

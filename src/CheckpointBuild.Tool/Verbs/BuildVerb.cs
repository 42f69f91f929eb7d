using System.CommandLine;
using CheckpointBuild.Building;
using CheckpointBuild.Dialects;

namespace CheckpointBuild.Tool.Verbs;

/// <summary><c>ckpt build CHECKPOINT --engine TARGET --output DIR</c>: builds an engine.</summary>
internal sealed class BuildVerb() : Verb("build")
{
    /// <inheritdoc/>
    public override Command Create(ToolStreams streams)
    {
        Argument<string> checkpoint = CheckpointArgument();
        Option<string> output = OutputOption();
        var engine = new Option<string>("--engine") { Description = "What is built: gguf, huggingface.", Required = true };
        var command = new Command(Name, "Builds an engine from a checkpoint.") { checkpoint, engine, output };
        var options = new RecipeOptions(command, "Engine");
        SetAction(command, (parsed, cancellation) =>
        {
            Recipe recipe = RecipeField.Find("Engine")!.Set(new Recipe { Engine = "" }, parsed.GetRequiredValue(engine));
            recipe = options.Apply(recipe, parsed);
            CheckpointLocation source = options.Locate(recipe, parsed, checkpoint, streams, cancellation);
            BuildAction.Run(source, recipe, parsed.GetRequiredValue(output), streams, cancellation);
            options.Release(recipe);
        });
        return command;
    }
}

using System.CommandLine;
using CheckpointBuild.Acquisition;
using CheckpointBuild.Building;

namespace CheckpointBuild.Tool.Verbs;

/// <summary><c>ckpt quantize CHECKPOINT --quantization NAME --output DIR</c>: quantizes; the product's format follows the name.</summary>
internal sealed class QuantizeVerb() : Verb("quantize")
{
    /// <inheritdoc/>
    public override Command Create(ToolStreams streams)
    {
        Argument<string> checkpoint = CheckpointArgument();
        Option<string> output = OutputOption();
        var quantization = new Option<string>("--quantization") { Description = "The quantization: q8_0 and the other GGUF types.", Required = true };
        var to = new Option<string>("--to") { Description = "The dialect that is written, where the name leaves it open." };
        var command = new Command(Name, "Quantizes a checkpoint.") { checkpoint, quantization, to, output };
        var options = new RecipeOptions(command, "Engine", "Quantization");
        SetAction(command, (parsed, cancellation) =>
        {
            Recipe recipe = RecipeField.Find("Engine")!.Set(new Recipe { Engine = "" }, parsed.GetValue(to) ?? "gguf");
            recipe = RecipeField.Find("Quantization")!.Set(recipe, parsed.GetRequiredValue(quantization));
            recipe = options.Apply(recipe, parsed);
            using ModelSource models = options.Models(parsed, streams);
            models.Use(parsed.GetRequiredValue(checkpoint), recipe, source => BuildAction.Run(source, models.LocateAdapters(recipe, cancellation), parsed.GetRequiredValue(output), streams, cancellation), cancellation);
        });
        return command;
    }
}

using System;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Linq;
using CheckpointBuild.Acquisition;
using CheckpointBuild.Building;
using CheckpointBuild.Tool.Nvidia;

namespace CheckpointBuild.Tool.Verbs;

/// <summary><c>ckpt build CHECKPOINT --engine TARGET --output DIR</c>: builds an engine.</summary>
internal sealed class BuildVerb() : Verb("build")
{
    private const string EngineOfNvidia = "tensorrt-llm-engine";

    /// <inheritdoc/>
    public override Command Create(ToolStreams streams)
    {
        Argument<string> checkpoint = CheckpointArgument();
        checkpoint.Arity = ArgumentArity.ZeroOrOne;
        Option<string> output = OutputOption();
        output.Required = false;
        var engine = new Option<string>("--engine") { Description = "What is built: gguf, huggingface, tensorrt-llm, tensorrt-llm-engine.", Required = true };
        var command = new Command(Name, "Builds an engine from a checkpoint.") { checkpoint, engine, output };
        var options = new RecipeOptions(command, "Engine");
        var trtllm = new TrtllmOptions(command);
        command.Validators.Add(result =>
        {
            bool isNvidia = string.Equals(result.GetValue(engine), EngineOfNvidia, StringComparison.OrdinalIgnoreCase);
            string[] typed = [.. result.Children.OfType<OptionResult>().Where(o => !o.Implicit).Select(o => o.Option.Name)];
            string? foreign = isNvidia ? null : typed.FirstOrDefault(trtllm.Has);
            AddErrorIf(result, foreign is not null, $"{foreign} is a flag of trtllm-build; it goes with --engine {EngineOfNvidia}.");
            AddErrorIf(result, result.GetValue(checkpoint) is null && !typed.Contains("--checkpoint_dir"), "Required argument missing: the checkpoint that is built.");
            AddErrorIf(result, result.GetValue(output) is null && !typed.Contains("--output_dir"), "Option '--output' is required.");
        });
        SetAction(command, (parsed, cancellation) =>
        {
            if (string.Equals(parsed.GetRequiredValue(engine), EngineOfNvidia, StringComparison.OrdinalIgnoreCase))
            {
                new TrtllmBuild(trtllm.Values(parsed), new ConsoleLog(streams.Error)).Run(
                    parsed.GetValue(checkpoint) ?? trtllm.Checkpoint(parsed)!,
                    parsed.GetValue(output) ?? trtllm.Output(parsed)!,
                    trtllm.IsDryRun(parsed),
                    cancellation);
                return;
            }

            Recipe recipe = RecipeField.Find("Engine")!.Set(new Recipe { Engine = "" }, parsed.GetRequiredValue(engine));
            recipe = options.Apply(recipe, parsed);
            using ModelSource models = options.Models(parsed, streams);
            BuildAction.Run(models.Locate(parsed.GetRequiredValue(checkpoint), recipe, FetchTiming.WhileUsed, cancellation), models.LocateAdapters(recipe, cancellation), parsed.GetRequiredValue(output), streams, cancellation);
            models.Release(recipe);
        });
        return command;
    }

    private static void AddErrorIf(CommandResult result, bool isWrong, string message)
    {
        if (isWrong)
        {
            result.AddError(message);
        }
    }
}

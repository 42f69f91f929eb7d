using System;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Linq;
using CheckpointBuild.Building;
using CheckpointBuild.Dialects;
using CheckpointBuild.Tool.Nvidia;
using CheckpointBuild.Tool.Worker;

namespace CheckpointBuild.Tool.Verbs;

/// <summary><c>ckpt build CHECKPOINT --engine TARGET --output DIR</c>: builds an engine. For engines of TensorRT-LLM the flags of <c>trtllm-build</c> are taken too.</summary>
internal sealed class BuildVerb() : Verb("build")
{
    /// <inheritdoc/>
    public override Command Create(ToolStreams streams)
    {
        Argument<string> checkpoint = CheckpointArgument();
        checkpoint.Arity = ArgumentArity.ZeroOrOne;
        Option<string> output = OutputOption();
        output.Required = false;
        var engine = new Option<string>("--engine") { Description = "What is built: gguf, huggingface, meta, torchtune, tensorrt-llm, tensorrt-llm-engine.", Required = true };
        var workers = new Option<string>("--workers") { Description = "Threads that build, and ranks that trtllm-build builds at once; default: every processor. It changes no byte." };
        var command = new Command(Name, "Builds an engine from a checkpoint.") { checkpoint, engine, output, workers };
        var options = new RecipeOptions(command, "Engine");
        var trtllm = new TrtllmOptions(command);
        command.Validators.Add(result =>
        {
            bool isNvidia = string.Equals(result.GetValue(engine), EngineTool.TensorRtLlmEngine, StringComparison.OrdinalIgnoreCase);
            string[] typed = [.. result.Children.OfType<OptionResult>().Where(o => !o.Implicit).Select(o => o.Option.Name)];
            string? foreign = isNvidia ? null : typed.FirstOrDefault(trtllm.Has);
            AddErrorIf(result, foreign is not null, $"{foreign} is a flag of trtllm-build; it goes with --engine {EngineTool.TensorRtLlmEngine}.");
            AddErrorIf(result, result.GetValue(checkpoint) is null && !typed.Contains("--checkpoint_dir") && !(isNvidia && typed.Any(TrtllmOptions.IsRefused)), "Required argument missing: the checkpoint that is built.");
            AddErrorIf(result, result.GetValue(checkpoint) is not null && typed.Contains("--checkpoint_dir"), "The checkpoint argument and --checkpoint_dir both name the source. Leave one out.");
            AddErrorIf(result, result.GetValue(output) is null && !(isNvidia && typed.Any(trtllm.Has)), "Option '--output' is required.");
        });
        SetAction(command, (parsed, cancellation) =>
        {
            Recipe recipe = RecipeField.Find("Engine")!.Set(new Recipe { Engine = "" }, parsed.GetRequiredValue(engine));
            recipe = trtllm.Apply(options.Apply(recipe, parsed), parsed);
            int threads = parsed.GetValue(workers) is { } count ? WorkerItem.ParseThreads("workers", count) : Environment.ProcessorCount;
            using ModelSource models = options.Models(parsed, streams);
            var place = new BuildPlace(parsed.GetValue(output) ?? trtllm.Output(parsed) ?? "engine_outputs", threads);
            models.Use(parsed.GetValue(checkpoint) ?? trtllm.Checkpoint(parsed)!, recipe, source => BuildAction.Run(source, models.LocateAdapters(recipe, cancellation), place, streams, cancellation), cancellation);
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

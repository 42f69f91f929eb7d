using System.Collections.Generic;
using System.CommandLine;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tool.Nvidia;

namespace CheckpointBuild.Tool.Verbs;

/// <summary><c>ckpt quantize CHECKPOINT --quantization NAME --output DIR</c>: quantizes; the product's format follows the name. The flags of NVIDIA's <c>quantize.py</c> are taken too.</summary>
internal sealed class QuantizeVerb() : Verb("quantize")
{
    /// <inheritdoc/>
    public override Command Create(ToolStreams streams)
    {
        Argument<string> checkpoint = CheckpointArgument();
        checkpoint.Arity = ArgumentArity.ZeroOrOne;
        Option<string> output = OutputOption();
        output.Required = false;
        var quantization = new Option<string>("--quantization") { Description = "The quantization: q8_0 and the other GGUF types, or a name of TensorRT-LLM's: int4_awq, FP8." };
        var to = new Option<string>("--to") { Description = "The dialect that is written, where the name leaves it open." };
        var command = new Command(Name, "Quantizes a checkpoint.") { checkpoint, quantization, to, output };
        var options = new RecipeOptions(command, "Engine", "Quantization");
        var nvidia = new NvidiaOptions(command, QuantizeFlags.All);
        command.Validators.Add(result =>
        {
            Require(result.GetValue(checkpoint) is not null || result.GetResult(QuantizeFlags.ModelDir) is not null, "Required argument missing: the checkpoint that is quantized.");
            Require(result.GetValue(quantization) is not null || result.GetResult(QuantizeFlags.Format) is not null || result.GetResult(QuantizeFlags.ModelDir) is not null, "Option '--quantization' is required.");
            Require(result.GetValue(output) is not null || result.GetResult(QuantizeFlags.OutputDir) is not null || result.GetResult(QuantizeFlags.ModelDir) is not null, "Option '--output' is required.");
            Require(result.GetValue(checkpoint) is null || result.GetResult(QuantizeFlags.ModelDir) is null, $"The checkpoint argument and {QuantizeFlags.ModelDir} both name the source. Leave one out.");

            void Require(bool isThere, string message)
            {
                if (!isThere)
                {
                    result.AddError(message);
                }
            }
        });
        SetAction(command, (parsed, cancellation) =>
        {
            IReadOnlyDictionary<string, string> flags = nvidia.Values(parsed);
            foreach (Diagnostic note in nvidia.WithoutMeaning(flags))
            {
                new ConsoleLog(streams.Error).Warn(note);
            }

            var request = new QuantizeRequest(flags);
            string? name = parsed.GetValue(quantization);
            Recipe recipe = RecipeField.Find("Engine")!.Set(new Recipe { Engine = "" }, parsed.GetValue(to) ?? request.Target ?? TargetOf(name));
            recipe = name is null ? recipe : RecipeField.Find("Quantization")!.Set(recipe, name);
            recipe = request.Apply(options.Apply(recipe, parsed));
            using ModelSource models = options.Models(parsed, streams);
            models.Use(parsed.GetValue(checkpoint) ?? request.Source!, recipe, source => BuildAction.Run(source, models.LocateAdapters(recipe, cancellation), parsed.GetValue(output) ?? request.Output ?? "exported_model", streams, cancellation), cancellation);
        });
        return command;
    }

    // GGUF's types give GGUF, the names of NVIDIA's algorithms a TensorRT-LLM checkpoint.
    private static string TargetOf(string? quantization) => quantization is not null && QuantAlgo.Find(quantization) is not null ? "tensorrt-llm" : "gguf";
}

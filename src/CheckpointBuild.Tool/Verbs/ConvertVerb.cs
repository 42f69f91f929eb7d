using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Linq;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Dialects.Adapters;
using CheckpointBuild.Tool.Nvidia;

namespace CheckpointBuild.Tool.Verbs;

/// <summary><c>ckpt convert CHECKPOINT --to DIALECT --output DIR</c>: writes a checkpoint in another dialect; without <c>--dtype</c> every tensor keeps its bits. For TensorRT-LLM the flags of NVIDIA's scripts are taken too.</summary>
internal sealed class ConvertVerb() : Verb("convert")
{
    private const string NvidiaTarget = "tensorrt-llm";

    /// <inheritdoc/>
    public override Command Create(ToolStreams streams)
    {
        Argument<string> checkpoint = CheckpointArgument();
        checkpoint.Arity = ArgumentArity.ZeroOrOne;
        Option<string> output = OutputOption();
        output.Required = false;
        var to = new Option<string>("--to") { Description = "The dialect that is written.", Required = true };
        var @base = new Option<string>("--base") { Description = "Where an adapter is converted: the checkpoint that it was trained on; default: what its configuration names, where that is a folder." };
        var command = new Command(Name, "Converts a checkpoint, or an adapter, to another dialect.") { checkpoint, to, output, @base };
        var options = new RecipeOptions(command, "Engine");
        var nvidia = new NvidiaOptions(command, NvidiaFlags.All);
        command.Validators.Add(result => Validate(result, checkpoint, output, to));
        SetAction(command, (parsed, cancellation) =>
        {
            IReadOnlyDictionary<string, string> flags = nvidia.Values(parsed);
            Recipe recipe = options.Apply(RecipeField.Find("Engine")!.Set(new Recipe { Engine = "" }, parsed.GetRequiredValue(to)), parsed);
            var log = new ConsoleLog(streams.Error);
            var request = new NvidiaRequest(flags);
            foreach (Diagnostic note in nvidia.WithoutMeaning(flags).Concat(request.WithoutMeaning()))
            {
                log.Warn(note);
            }

            recipe = recipe.Engine == NvidiaTarget ? request.Apply(recipe) : recipe;
            if (parsed.GetValue(checkpoint) is not null && request.SourceFlag is { } flag)
            {
                throw Errors.FlagsContradict($"the checkpoint argument and {flag}", "each names the source");
            }

            string target = parsed.GetValue(output) ?? request.Output ?? DefaultOutput;
            using JoinedModel? joined = parsed.GetValue(checkpoint) is null ? request.Join() : null;
            if ((parsed.GetValue(checkpoint) ?? joined?.Path ?? request.Source) is { } source)
            {
                using ModelSource models = options.Models(parsed, streams);
                if (AdapterSource.IsAt(source))
                {
                    recipe = recipe with { Adapter = [.. recipe.Adapter.Prepend(new AdapterChoice(System.IO.Path.GetFullPath(source), 1))], AdapterMode = AdapterMode.Alone };
                    source = parsed.GetValue(@base) ?? BaseOf(source);
                }

                models.Use(
                    source,
                    recipe,
                    found =>
                    {
                        CheckpointLocation location = joined is null ? found : found with { Name = joined.Name };
                        Recipe kept = StoredTypes.Keep(models.LocateAdapters(recipe, cancellation), location);
                        if (request.IsConfigurationOnly)
                        {
                            BuildAction.WriteConfiguration(location, kept, target, streams, cancellation);
                        }
                        else
                        {
                            BuildAction.Run(location, kept, new BuildPlace(target, request.Workers), streams, cancellation);
                        }
                    },
                    cancellation);
            }
            else
            {
                MadeUpModel.Write(flags, recipe, target, log, cancellation);
            }
        });
        return command;
    }

    // Where the scripts write when nobody says.
    private const string DefaultOutput = "tllm_checkpoint";

    private static string BaseOf(string adapter)
    {
        using AdapterSource source = AdapterSource.Open(adapter);
        return source.Adapter.BaseName is { } stated && System.IO.Directory.Exists(stated) ? stated : throw Errors.AdapterBaseUnknown(adapter, source.Adapter.BaseName);
    }

    private static void Validate(CommandResult result, Argument<string> checkpoint, Option<string> output, Option<string> to)
    {
        bool isNvidia = string.Equals(result.GetValue(to), NvidiaTarget, System.StringComparison.OrdinalIgnoreCase);
        string[] flags = [.. result.Children.OfType<OptionResult>().Where(o => !o.Implicit && NvidiaFlags.All.Any(f => f.Name == o.Option.Name)).Select(o => o.Option.Name)];
        if (!isNvidia && flags.Length > 0)
        {
            result.AddError($"{flags[0]} is a flag of NVIDIA's scripts; it goes with --to {NvidiaTarget}.");
        }

        // A checkpoint without a source is a configuration alone, made up from its numbers.
        if (result.GetValue(checkpoint) is null && !(isNvidia && (flags.Contains(NvidiaFlags.OutputDir) || flags.Contains(NvidiaFlags.ModelDir) || flags.Contains(NvidiaFlags.MetaDir))))
        {
            result.AddError("Required argument missing: the checkpoint that is converted.");
        }

        if (result.GetValue(output) is null && flags.Length == 0)
        {
            result.AddError("Option '--output' is required.");
        }
    }
}

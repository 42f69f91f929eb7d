using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Dialects.TensorRtLlm;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Building;

/// <summary>The last step of an engine that a tool of somebody else builds: tool and settings are looked at before any work, the checkpoint is written beside the engine, and what the tool leaves becomes the product.</summary>
internal sealed class EngineToolStep
{
    private const string ConfigName = "config.json";
    private const string CheckpointFolder = "checkpoint";

    private readonly EngineTool _tool;
    private readonly EngineToolIdentity? _identity;
    private readonly ImmutableSortedDictionary<string, string> _settings;
    private readonly bool _keepsCheckpoint;

    private EngineToolStep(EngineTool tool, EngineToolIdentity? identity, Recipe recipe)
    {
        _tool = tool;
        _identity = identity;
        _settings = RecipeField.EngineSettings(recipe);
        _keepsCheckpoint = recipe.KeepStages;
    }

    /// <summary>What the product depends on beside its recipe and source; null for a trial.</summary>
    public string? Identity => _identity?.Text;

    /// <summary>Looks for the tool that a recipe needs.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="tool">The tool that was handed over; null = none.</param>
    /// <param name="checkpoint">What is built, for messages.</param>
    /// <returns>The recipe with what follows from the tool; the step, null where none is needed; what the user should know.</returns>
    /// <exception cref="CheckpointException">CKPT3233, CKPT3236, CKPT3237 when the tool or its device is absent, CKPT3244 when it is of another release, CKPT3245 when none was handed over.</exception>
    public static (Recipe Recipe, EngineToolStep? Step, ImmutableArray<Diagnostic> Noticed) Choose(Recipe recipe, EngineTool? tool, string checkpoint)
    {
        if (recipe.Engine != EngineTool.TensorRtLlmEngine)
        {
            return (recipe, null, []);
        }

        if (recipe.Rank is { } rank)
        {
            throw Errors.UnknownOptionValue("rank", $"{rank}", "an engine, whose builder takes all ranks", []);
        }

        if (tool is null)
        {
            throw Errors.NoEngineTool(recipe.Engine);
        }

        if (recipe.DryRun)
        {
            return (recipe, new EngineToolStep(tool, null, recipe), []);
        }

        if (recipe.EngineOptional && tool.Absent(recipe.TrtllmBuild) is { } absent)
        {
            return (RecipeField.WithoutEngineSettings(recipe) with { Engine = tool.Stage }, null, [Errors.EngineLeftOut(checkpoint, absent)]);
        }

        EngineToolIdentity identity = tool.Identify(recipe.TrtllmBuild);
        return (Fitted(recipe, identity), new EngineToolStep(tool, identity, recipe), []);
    }

    /// <summary>Plans a checkpoint that is what the tool takes already, as it stands; null where the recipe asks for another.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="source">The source.</param>
    /// <param name="dialect">Its dialect.</param>
    /// <returns>Copies of its files.</returns>
    public DirectoryPlan? AsItStands(Recipe recipe, CheckpointDirectory source, Dialect dialect) =>
        dialect.Name != _tool.Stage || recipe.DType is not null || recipe.Quantization is not null || !recipe.Adapter.IsEmpty || RecipeField.FirstOfTensorRtLlm(recipe) is not null
            ? null
            : new DirectoryPlan([FilePlan.Of(ConfigName, source.ReadAll(ConfigName)), .. source.Files.Where(IsFurther).Select(f => FilePlan.CopyOf(f, source.OpenFile(f)))], _tool.Inspect(source));

    /// <summary>Holds the settings against the checkpoint that will be written.</summary>
    /// <param name="plan">The checkpoint.</param>
    /// <exception cref="CheckpointException">CKPT9001 or CKPT3231 for settings that cannot be.</exception>
    /// <returns>What the user should know.</returns>
    public ImmutableArray<Diagnostic> Check(DirectoryPlan plan)
    {
        _ = Configuration(plan);
        return _tool.Excesses(Written(plan), _settings);
    }

    /// <summary>Builds the checkpoint, then the engine.</summary>
    /// <param name="builder">Builds the checkpoint.</param>
    /// <param name="workers">Ranks that the tool builds at once.</param>
    /// <param name="plan">The checkpoint.</param>
    /// <param name="directory">Where the product goes.</param>
    /// <param name="beforePublishing">Called when the checkpoint is written and before the tool is started.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>The product's files.</returns>
    public ImmutableArray<BuiltFile> Build(Builder builder, int workers, DirectoryPlan plan, string directory, Action beforePublishing, CancellationToken cancellation)
    {
        if (_identity is null)
        {
            return builder.Build(new DirectoryPlan([Configuration(plan)], []), directory, beforePublishing, cancellation);
        }

        directory = Path.GetFullPath(directory);
        string work = TemporaryName.Beside(Path.Combine(directory, "engine"));
        string checkpoint = Path.Combine(work, CheckpointFolder), engine = Path.Combine(work, "engine");
        try
        {
            builder.Build(plan, checkpoint, beforePublishing, cancellation);
            _tool.Build(new EngineToolRun(_identity, checkpoint, engine, _settings, workers), cancellation);
            if (_keepsCheckpoint)
            {
                Directory.Move(checkpoint, Path.Combine(engine, CheckpointFolder));
            }

            return [.. Directory.EnumerateFiles(engine, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(f => Publish(f, engine, directory, cancellation))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.CannotWrite(directory, e);
        }
        finally
        {
            if (Directory.Exists(work))
            {
                Directory.Delete(work, recursive: true);
            }
        }
    }

    private static BuiltFile Publish(string file, string engine, string directory, CancellationToken cancellation)
    {
        string path = Path.GetRelativePath(engine, file).Replace(Path.DirectorySeparatorChar, '/');
        string target = Path.Combine(directory, path);
        var built = new BuiltFile(path, new FileInfo(file).Length, FileDigest.Sha256(file, cancellation));
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Move(file, target, overwrite: true);
        return built;
    }

    private FilePlan Configuration(DirectoryPlan plan) => _tool.Configuration(Written(plan), _settings);

    private static JsonObject Written(DirectoryPlan plan) => JsonNode.Parse(plan.Files.First(f => f.Path == ConfigName).Head.Span)!.AsObject();

    // The checkpoint is written for the tool and the GPU that are there.
    private static Recipe Fitted(Recipe recipe, EngineToolIdentity tool)
    {
        Version found = Version.Parse(string.Concat(tool.Version.TakeWhile(c => char.IsAsciiDigit(c) || c == '.')).TrimEnd('.'));
        string name = TensorRtLlmVersion.Named($"{found.Major}.{found.Minor}").Name;
        if (recipe.TensorRtLlmVersion is { } asked && asked != name)
        {
            throw Errors.EngineToolOfOtherVersion(tool.Path, tool.Version, asked);
        }

        return recipe with { TensorRtLlmVersion = name, TargetSm = recipe.TargetSm ?? (recipe.PacksWhereBuilt ? 0 : tool.ComputeCapability) };
    }

    private static bool IsFurther(string file) => file is "quant_cfg.json" || (file.StartsWith("rank", StringComparison.Ordinal) && file.EndsWith(".safetensors", StringComparison.Ordinal));
}

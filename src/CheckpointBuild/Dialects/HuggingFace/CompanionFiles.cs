using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json.Nodes;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tokenizers;

namespace CheckpointBuild.Dialects.HuggingFace;

/// <summary>What lies beside the weights of a Hugging Face folder, and of one that torchtune wrote: configuration, tokenizer, whatever was carried along.</summary>
internal static class CompanionFiles
{
    private const string TokenizerFile = "tokenizer.json";

    /// <summary>Lays out the files.</summary>
    /// <param name="checkpoint">What is written.</param>
    /// <param name="tensors">Its tensors with the dtypes that are written.</param>
    /// <param name="options">Whether the reference is followed.</param>
    /// <returns>The files, and what the user should know.</returns>
    public static (IReadOnlyList<FilePlan> Files, ImmutableArray<Diagnostic> Warnings) Of(Checkpoint checkpoint, IReadOnlyList<Tensor> tensors, PlanOptions options)
    {
        (JsonObject config, ImmutableArray<Diagnostic> warnings) = ConfigFile.ToWrite(checkpoint, tensors);
        List<FilePlan> files = [FilePlan.Of(ConfigFile.Name, ConfigFile.Text(config))];

        // What only Meta's form has goes along so that it can be given back; the reference drops it.
        Sidecar[] sidecars = [.. checkpoint.Sidecars.Where(s => s.Name != Torchtune.TorchtuneFolder.RecipePlace).Where(s => !options.FollowsReference || checkpoint.Dialect != Meta.Meta.DialectName || !s.Name.StartsWith(Meta.MetaLayout.Folder, System.StringComparison.Ordinal))];
        bool cleansUp = options.FollowsReference && checkpoint.Dialect == Meta.Meta.DialectName && checkpoint.Tokenizer is not null;
        files.AddRange(sidecars.Select(s => cleansUp && s.Name == Meta.MetaTokenizerFiles.Configuration
            ? FilePlan.Of(s.Name, Meta.MetaTokenizerFiles.ConfigurationOf(checkpoint.Tokenizer!, checkpoint.Config.ContextLength, SourceTolerance.Reference))
            : FilePlan.CopyOf(s.Name, s.Open())));
        bool lacksTokenizer = checkpoint.Sidecars.IsEmpty || (checkpoint.Dialect == Meta.Meta.DialectName && !sidecars.Any(s => s.Name == TokenizerFile));
        if (lacksTokenizer && checkpoint.Tokenizer is { } tokenizer)
        {
            TokenizerFile? converted = cleansUp ? TokenizerFiles.WriteByConverter(tokenizer) : null;
            warnings = converted is null ? warnings : warnings.Add(Errors.NormalizationForgotten(checkpoint.Name));
            files.AddRange(TokenizerFiles.Write(tokenizer).Select(f => f.Name == converted?.Name ? converted : f).Where(f => !sidecars.Any(s => s.Name == f.Name)).Select(f => FilePlan.Of(f.Name, f.Bytes.ToArray())));
        }
        else if (lacksTokenizer && checkpoint.TokenizerFault is { } fault)
        {
            warnings = warnings.Add(Errors.TokenizerNotCarried(fault));
        }

        if (checkpoint.Tokenizer is null && checkpoint.TokenizerFault is null)
        {
            warnings = warnings.Add(Errors.EngineWithoutTokenizer(checkpoint.Name));
        }

        return (files, warnings);
    }
}

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects.HuggingFace;
using CheckpointBuild.Formats;
using CheckpointBuild.Formats.Distributed;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.Torchtune;

/// <summary>Where the newest weights lie in a folder that torchtune wrote: in the highest <c>epoch_N</c> or <c>step_N</c>, or under names that end in the epoch, or in the folder of one epoch itself.</summary>
/// <param name="Directory">The folder that holds them, with <c>config.json</c> beside them.</param>
/// <param name="Files">The files, in order.</param>
internal sealed partial record TorchtuneFolder(CheckpointDirectory Directory, ImmutableArray<string> Files)
{
    /// <summary>What the folders of epochs begin with.</summary>
    internal const string EpochPrefix = "epoch_";

    // Of those that a recipe saves within an epoch.
    private const string StepPrefix = "step_";

    /// <summary>The folder of what training needs to go on.</summary>
    internal const string RecipeFolder = "recipe_state";

    /// <summary>The file in it; the classic layout has it beside the weights.</summary>
    internal const string RecipeFile = "recipe_state.pt";

    /// <summary>Where a folder's state of training goes along with the weights.</summary>
    internal const string RecipePlace = $"{RecipeFolder}/{RecipeFile}";

    /// <summary>Finds them.</summary>
    /// <param name="directory">A folder, or one file.</param>
    /// <returns>The place, or null where nothing of torchtune's lies there.</returns>
    public static TorchtuneFolder? Find(CheckpointDirectory directory)
    {
        if (directory.File is { } one)
        {
            return IsCandidate(one) && HasConfig(directory) && IsTrained(directory, one) ? new TorchtuneFolder(directory, [one]) : null;
        }

        // Weights in the folder itself come before those of epochs that lie below it.
        bool hasOwn = HasConfig(directory) && WeightFiles.AreIn(directory);
        return !hasOwn && NewestEpoch(directory.Folder) is { } epoch && FilesIn(directory.Below(epoch)) is { } below ? below
            : HasConfig(directory) ? FilesIn(directory)
            : null;
    }

    /// <summary>The highest folder of an epoch.</summary>
    /// <param name="folder">Where to look.</param>
    /// <returns>Its name, or null where there is none that holds anything.</returns>
    public static string? NewestEpoch(string folder)
    {
        try
        {
            return Newest(folder, EpochPrefix) ?? Newest(folder, StepPrefix);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? Newest(string folder, string prefix) => System.IO.Directory.EnumerateDirectories(folder, prefix + "*")
        .Select(d => Path.GetFileName(d))
        .Where(name => Numbered().IsMatch(name) && System.IO.Directory.EnumerateFileSystemEntries(Path.Combine(folder, name)).Any())
        .MaxBy(name => long.Parse(name[prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture));

    /// <summary>Reads the headers of the files.</summary>
    /// <returns>The tensors in file order.</returns>
    /// <exception cref="CheckpointException">CKPT2155 when a value is no tensor.</exception>
    public IReadOnlyList<Tensor> Read()
    {
        var tensors = new List<Tensor>();
        foreach (string name in Files)
        {
            TensorFile file = ContentOf(Directory, name);
            if (file.Metadata.Count > 0 && name.EndsWith(".pt", StringComparison.Ordinal))
            {
                throw Errors.TuneNotTensor(Directory.PathOf(name), file.Metadata.First().Key, file.Metadata.First().Value.GetType().Name);
            }

            tensors.AddRange(file.Tensors);
        }

        return tensors;
    }

    private static TorchtuneFolder? FilesIn(CheckpointDirectory directory)
    {
        if (!HasConfig(directory))
        {
            return null;
        }

        // The highest epoch of the names that end in one: of each checkpointer's own.
        var classic = directory.FolderFiles.Select(f => (File: f, Match: Classic().Match(f))).Where(f => f.Match.Success).ToLookup(f => long.Parse(f.Match.Groups["epoch"].Value, NumberStyles.None, CultureInfo.InvariantCulture), f => f.File);
        if (classic.Count > 0)
        {
            string[] newest = [.. classic[classic.Max(g => g.Key)].Order(StringComparer.Ordinal)];
            string[] tune = [.. newest.Where(f => f.StartsWith("torchtune", StringComparison.Ordinal))];
            return new TorchtuneFolder(directory, tune.Length > 0 ? [tune[0]] : [.. newest]);
        }

        string[] current = [.. directory.FolderFiles.Where(f => Current().IsMatch(f)).OrderBy(WeightSet.SortKey, StringComparer.Ordinal)];
        if (current.Length == 0 && DistributedCheckpoint.IsIn(directory.FolderFiles) && IsTrained(directory, DistributedIndex.FileName))
        {
            return new TorchtuneFolder(directory, [DistributedIndex.FileName]);
        }

        return current.Length > 0 && (IsTrained(directory, current[0]) || IsBelowOutput(directory)) ? new TorchtuneFolder(directory, [.. current]) : null;
    }

    // In the folder of one epoch that was opened by itself, Hugging Face's names are Hugging Face's business.
    private static bool IsBelowOutput(CheckpointDirectory directory) => directory.IsBelow;

    private static bool IsCandidate(string name) => name.EndsWith(".pt", StringComparison.Ordinal) || name.EndsWith(".bin", StringComparison.Ordinal);

    private static bool HasConfig(CheckpointDirectory directory) => File.Exists(directory.PathOf(ConfigFile.Name));

    // Hugging Face's names may lie under the same file names; the names of the tensors decide.
    private static bool IsTrained(CheckpointDirectory directory, string name)
    {
        try
        {
            return ContentOf(directory, name).Tensors.TryGet(TorchtuneNames.Embedding, out _);
        }
        catch (CheckpointException)
        {
            return false;
        }
    }

    // A state that several processes saved together is more than the model.
    private static TensorFile ContentOf(CheckpointDirectory directory, string name)
    {
        if (name == DistributedIndex.FileName)
        {
            PyTorchFile state = DistributedCheckpoint.Read(directory.OpenFile);
            return NestedWeights.Find(state) is { } nested ? new TensorFile(new TensorTable(nested.Tensors), new Metadata()) : state.ToTensorFile();
        }

        ByteSource source = directory.OpenFile(name);
        return Format.Detect(source).Read(source);
    }

    [GeneratedRegex("^(epoch|step)_[0-9]{1,9}$", RegexOptions.CultureInvariant)]
    private static partial Regex Numbered();

    [GeneratedRegex(@"^(torchtune_model|hf_model_[0-9]{4})_(?<epoch>[0-9]{1,9})\.pt$", RegexOptions.CultureInvariant)]
    private static partial Regex Classic();

    [GeneratedRegex(@"^model-[0-9]{5}-of-[0-9]{5}\.(bin|safetensors)$", RegexOptions.CultureInvariant)]
    private static partial Regex Current();
}

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using CheckpointBuild.Dialects.Adapters;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Building.Torchtune;

/// <summary>The files beside the weights that go along with an epoch: of today's layout all but weights, indexes, hidden and huge files; of the classic one the configuration alone. What is there already stays.</summary>
/// <param name="options">Where from, where to.</param>
/// <param name="place">The epoch's names.</param>
internal sealed class CheckpointerCompanions(CheckpointerOptions options, CheckpointerPlace place) : IDisposable
{
    private const string ConfigFile = "config.json";
    private const long LargestCopied = 100L << 20;
    private static readonly string[] NotCopied = [".pt", ".pth", ".bin", ".safetensors", "model.safetensors.index.json", "pytorch_model.bin.index.json"];
    private readonly List<FileSource> _open = [];

    /// <summary>Lays out the files.</summary>
    /// <returns>The files.</returns>
    public IEnumerable<FilePlan> Plan()
    {
        if (!place.IsClassic)
        {
            // By default the note of an adapter stays behind, which would make libraries take the merged model for one.
            return Walk(options.CheckpointDirectory, "").Where(file => options.Compatibility == Compatibility.Reference || file != PeftSettings.FileName).Where(file => !File.Exists(Path.Combine(options.OutputDirectory, place.Folder + file))).Select(Copy);
        }

        string config = Path.Combine(options.CheckpointDirectory, ConfigFile);
        return options.Kind == CheckpointerKind.HuggingFace && File.Exists(config) && !File.Exists(Path.Combine(options.OutputDirectory, ConfigFile))
            ? [FilePlan.Of(ConfigFile, JsonNode.Parse(File.ReadAllText(config))!.ToJsonString())]
            : [];
    }

    /// <summary>Makes the folders that the files lie in, also those of which no file goes along.</summary>
    public void MakeFolders()
    {
        foreach (string folder in place.IsClassic ? [] : Folders(options.CheckpointDirectory, ""))
        {
            Directory.CreateDirectory(Path.Combine(options.OutputDirectory, place.Folder + folder));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _open.ForEach(f => f.Dispose());

    private FilePlan Copy(string file)
    {
        var source = new FileSource(Path.Combine(options.CheckpointDirectory, file));
        _open.Add(source);
        return FilePlan.CopyOf(place.Folder + file, source);
    }

    private static IEnumerable<string> Walk(string folder, string below)
    {
        foreach (FileInfo file in new DirectoryInfo(folder).EnumerateFiles().OrderBy(f => f.Name, StringComparer.Ordinal))
        {
            if (!file.Name.StartsWith('.') && file.Length <= LargestCopied && !NotCopied.Any(e => file.Name.EndsWith(e, StringComparison.Ordinal)))
            {
                yield return below + file.Name;
            }
        }

        foreach (string child in Children(folder))
        {
            foreach (string file in Walk(child, $"{below}{Path.GetFileName(child)}/"))
            {
                yield return file;
            }
        }
    }

    private static IEnumerable<string> Folders(string folder, string below) =>
        Children(folder).SelectMany(child => (IEnumerable<string>)[$"{below}{Path.GetFileName(child)}/", .. Folders(child, $"{below}{Path.GetFileName(child)}/")]);

    // Links to folders are not followed: one may lead to where it lies.
    private static IEnumerable<string> Children(string folder) => Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal).Where(d => !Path.GetFileName(d).StartsWith('.') && new DirectoryInfo(d).LinkTarget is null);
}

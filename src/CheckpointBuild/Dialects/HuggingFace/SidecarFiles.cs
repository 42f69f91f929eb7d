using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.HuggingFace;

/// <summary>Which files of a folder are carried along: all but weights, indexes, hidden files and the configuration, which is written anew.</summary>
internal static class SidecarFiles
{
    private static readonly string[] WeightEndings =
        [".safetensors", ".bin", ".pt", ".pth", ".ckpt", ".gguf", ".h5", ".msgpack", ".onnx", ".onnx_data", ".npz", ".index.json", ".incomplete", ".lock", ".tmp"];

    // The last makes libraries take the folder for an adapter: what lies beside weights is the note of one that was merged, or is given apart.
    private static readonly string[] NotCarried = [ConfigFile.Name, "build-report.json", Adapters.PeftSettings.FileName];

    // What a folder keeps of the form that Meta published the model in.
    private static readonly string[] OfMeta = [Meta.MetaLayout.FileName, Meta.MetaLayout.Folder + Meta.ParamsFile.Name, Meta.MetaLayout.Folder + "tokenizer.model"];

    /// <summary>The sidecars of a folder.</summary>
    /// <param name="directory">The folder; for a single file there are those beside it.</param>
    /// <returns>In ordinal order of names.</returns>
    public static ImmutableArray<Sidecar> Of(CheckpointDirectory directory) =>
    [
        .. directory.FolderFiles
            .Where(name => !name.StartsWith('.') && !NotCarried.Contains(name) && !WeightEndings.Any(e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase)))
            .Select(name => new Sidecar(name, () => directory.OpenFile(name))),
        .. OfMeta.Where(name => directory.Holds(name) && File.Exists(directory.PathOf(name))).Select(name => new Sidecar(name, () => directory.OpenFile(name))),
    ];
}

using System;
using System.IO;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects.Torchtune;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Models.Adapters;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.Adapters;

/// <summary>An adapter with its files open: a folder, or its weights file. Dispose it to close them.</summary>
public sealed class AdapterSource : IDisposable
{
    // As PEFT looks for them: safetensors first; then torchtune's own.
    private static readonly string[] WeightFiles = ["adapter_model.safetensors", "adapter_model.bin", "adapter_model.pt"];

    private AdapterSource(CheckpointDirectory directory, Adapter adapter)
    {
        Directory = directory;
        Adapter = adapter;
    }

    /// <summary>The folder, with the files that were opened.</summary>
    public CheckpointDirectory Directory { get; }

    /// <summary>The adapter.</summary>
    public Adapter Adapter { get; }

    /// <summary>Whether a path is that of an adapter and of no checkpoint.</summary>
    /// <param name="path">A file or folder.</param>
    /// <returns>True when <see cref="Open"/> is to read it.</returns>
    public static bool IsAt(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!System.IO.Directory.Exists(path))
        {
            return File.Exists(path) && Path.GetFileName(path).StartsWith("adapter_", StringComparison.Ordinal);
        }

        using CheckpointDirectory directory = CheckpointDirectory.Open(path);
        return (HasOwn(directory) || FoldersIn(directory).Length > 0) && !Dialect.Known.Any(d => d.Recognizes(directory));
    }

    /// <summary>Opens an adapter: headers and configuration, no tensor data beyond what tells an untrained one.</summary>
    /// <param name="path">A PEFT folder, one that holds a single such folder, or a weights file.</param>
    /// <returns>The adapter.</returns>
    /// <exception cref="CheckpointException">CKPT2260 when there is none, CKPT2261 when it is of a kind that is not merged, and what its files' readers throw.</exception>
    public static AdapterSource Open(string path)
    {
        CheckpointDirectory directory = WithAdapter(CheckpointDirectory.Open(path));
        try
        {
            return new AdapterSource(directory, Read(directory));
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Dispose();

    // PEFT saves an adapter that has a name of its own into a folder of that name, torchtune one of each epoch.
    private static CheckpointDirectory WithAdapter(CheckpointDirectory directory)
    {
        if (directory.File is not null || HasOwn(directory))
        {
            return directory;
        }

        string[] inner = FoldersIn(directory);
        string? newest = inner.Length > 1 && inner.All(f => f.StartsWith(TorchtuneFolder.EpochPrefix, StringComparison.Ordinal)) ? TorchtuneFolder.NewestEpoch(directory.Folder) : null;
        return inner.Length == 1 || inner.Contains(newest) ? CheckpointDirectory.Open(directory.PathOf(newest ?? inner[0]))
            : throw Errors.NoAdapter(directory.Path, inner.Length == 0 ? $"no {PeftSettings.FileName}" : $"several folders inside have one: {string.Join(", ", inner.Take(5))}");
    }

    private static bool HasOwn(CheckpointDirectory directory) => directory.Has(PeftSettings.FileName) || WeightFiles.Any(directory.Has);

    private static string[] FoldersIn(CheckpointDirectory directory) =>
        [.. System.IO.Directory.EnumerateDirectories(directory.Folder).Where(d => File.Exists(Path.Combine(d, PeftSettings.FileName))).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)];

    private static Adapter Read(CheckpointDirectory directory)
    {
        string weights = directory.File ?? WeightFiles.FirstOrDefault(directory.Has) ?? throw Errors.NoAdapter(directory.Path, $"none of {string.Join(", ", WeightFiles)}");
        ByteSource source = directory.OpenFile(weights);
        TensorFile file = Format.Detect(source).Read(source);
        if (file.Metadata.Get<string>("adapter.type") is not null)
        {
            throw Errors.AdapterAlready(source.Name);
        }

        string name = Path.GetFileName(directory.Folder);
        bool isStated = File.Exists(directory.PathOf(PeftSettings.FileName));
        if (TorchtuneAdapter.Recognizes(file))
        {
            PeftSettings? beside = isStated ? PeftSettings.ReadBesideTorchtune(directory.PathOf(PeftSettings.FileName), directory.ReadAll(PeftSettings.FileName)) : null;
            return TorchtuneAdapter.Read(directory.File is null ? name : Path.GetFileNameWithoutExtension(directory.File), source.Name, beside, file);
        }

        if (!isStated)
        {
            throw Errors.NoAdapter(directory.Path, $"no {PeftSettings.FileName}");
        }

        PeftSettings settings = PeftSettings.Read(directory.PathOf(PeftSettings.FileName), directory.ReadAll(PeftSettings.FileName));
        return PeftAdapter.Read(name, source.Name, settings, file) with
        {
            Card = directory.Holds(ModelCard.FileName) && File.Exists(directory.PathOf(ModelCard.FileName)) ? new Sidecar(ModelCard.FileName, () => directory.OpenFile(ModelCard.FileName)) : null,
            PeftFiles = [.. new[] { PeftSettings.FileName, weights }.Select(one => new Sidecar(one, () => directory.OpenFile(one)))],
        };
    }
}

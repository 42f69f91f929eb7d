using System.Collections.Generic;
using CheckpointBuild.Dialects.HuggingFace;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects;

/// <summary>The part of a dialect that finds the named tensors: files of a container format, a database, whatever can be read by rows. One of three that a <see cref="ComposedDialect"/> is put together from.</summary>
public abstract class TensorSource
{
    /// <summary>Hugging Face's: one weights file, or the shards that an index names.</summary>
    public static TensorSource HuggingFace { get; } = new HuggingFaceTensors();

    /// <summary>Whether a folder or file holds such tensors, by names and first bytes.</summary>
    /// <param name="directory">Where to look.</param>
    /// <returns>True when it does.</returns>
    public abstract bool Recognizes(CheckpointDirectory directory);

    /// <summary>Finds the tensors; no tensor data is read. Open every file through the directory (<see cref="CheckpointDirectory.OpenFile"/>): what it opened is what the content key depends on.
    /// What must stay open as long as the tensors are used is handed to <see cref="CheckpointDirectory.Keep"/>.</summary>
    /// <param name="directory">Where they lie.</param>
    /// <param name="problems">Receives what was noticed and did not stop the reading.</param>
    /// <returns>Tensors under their own names, in the order in which they are to be written.</returns>
    /// <exception cref="CheckpointException">1xxx or 2xxx naming file, tensor, found and needed.</exception>
    public abstract IReadOnlyList<Tensor> Read(CheckpointDirectory directory, ICollection<Diagnostic> problems);
}

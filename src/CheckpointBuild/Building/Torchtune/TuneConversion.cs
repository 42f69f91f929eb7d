using System;
using System.Collections.Generic;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Building.Torchtune;

/// <summary>How the tensors of a checkpointer's files turn into torchtune's, and back.</summary>
internal abstract class TuneConversion
{
    /// <summary>The tensors under torchtune's names and in its arrangement.</summary>
    /// <param name="files">The tensors of the files, in order.</param>
    /// <returns>What the state's <c>model</c> holds.</returns>
    public abstract IEnumerable<Tensor> ToTorchtune(IReadOnlyList<Tensor> files);

    /// <summary>The way back. A tensor that lies in one of the files together with others is left out where one of these is missing.</summary>
    /// <param name="model">The tensors of a state.</param>
    /// <param name="output">Where they go, for messages.</param>
    /// <returns>The tensors under the files' names.</returns>
    /// <exception cref="Diagnostics.CheckpointException">CKPT4153 for a name that torchtune has none for.</exception>
    public abstract IReadOnlyList<Tensor> FromTorchtune(IReadOnlyList<Tensor> model, string output);

    /// <summary>Whether torchtune has no place for a tensor of the files, so that it is in no state.</summary>
    /// <param name="name">Its name in the files.</param>
    /// <returns>True when it is left out.</returns>
    public virtual bool LeavesOut(string name) => false;

    /// <summary>The module of Hugging Face's that an adapter's module is.</summary>
    /// <param name="module">In torchtune's names, without suffix.</param>
    /// <param name="rows">Brings what has one row for each of the module's into the order of the files; as it is where the order is the same.</param>
    /// <returns>The module, or null where files fuse it with others or PEFT has no name for it.</returns>
    public virtual string? PeftModule(string module, out Func<Tensor, Tensor> rows)
    {
        rows = tensor => tensor;
        return null;
    }
}

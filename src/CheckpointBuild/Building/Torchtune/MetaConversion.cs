using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Building.Torchtune;

/// <summary>Meta's names: the arrangement is torchtune's own. A head that equals the embedding is no tensor of its own, and comes back as another name of it.</summary>
/// <param name="path">Where the files lie, for messages.</param>
internal sealed class MetaConversion(string path) : TuneConversion
{
    private bool _isTied;

    /// <inheritdoc/>
    public override IEnumerable<Tensor> ToTorchtune(IReadOnlyList<Tensor> files)
    {
        _isTied = files.FirstOrDefault(t => t.Name == MetaTuneNames.Output) is { } output && files.FirstOrDefault(t => t.Name == MetaTuneNames.Embedding) is { } embedding && TensorComparison.AreEqual(output, embedding);
        return files
            .Where(t => !LeavesOut(t.Name) && !(_isTied && t.Name == MetaTuneNames.Output))
            .Select(t => Renamed.Of(t, MetaTuneNames.ToTorchtune(t.Name) ?? throw Errors.TensorUnknown(path, [t.Name], "Meta's Llama")));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> FromTorchtune(IReadOnlyList<Tensor> model, string output)
    {
        List<Tensor> tensors = [.. model.Select(t => Renamed.Of(t, MetaTuneNames.ToMeta(t.Name) ?? throw Errors.TuneUnknownTensor(output, t.Name)))];
        if (_isTied && !tensors.Exists(t => t.Name == MetaTuneNames.Output) && tensors.Find(t => t.Name == MetaTuneNames.Embedding) is { } embedding)
        {
            tensors.Add(Renamed.Of(embedding, MetaTuneNames.Output));
        }

        return tensors;
    }

    /// <inheritdoc/>
    public override bool LeavesOut(string name) => name == MetaTuneNames.Frequencies;
}

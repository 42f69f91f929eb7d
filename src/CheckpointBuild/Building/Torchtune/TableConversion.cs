using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Building.Torchtune;

/// <summary>Models that are no language models, by a table of names: towers of text and pictures, heads that judge.</summary>
/// <param name="places">Every tensor that torchtune has.</param>
/// <param name="leavesOut">Which tensors of the files it has no place for.</param>
/// <param name="path">Where the files lie, for messages.</param>
/// <param name="modelType">torchtune's name of the model, for messages.</param>
internal class TableConversion(IEnumerable<TunePlace> places, Func<string, bool> leavesOut, string path, string modelType) : TuneConversion
{
    private readonly TunePlace[] _places = [.. places];
    private readonly FrozenDictionary<string, TunePlace> _byFile = places.ToFrozenDictionary(p => p.File, StringComparer.Ordinal);

    /// <summary>Whether the model is loaded and never saved, as by the reference where it has no way back.</summary>
    public bool IsLoadedOnly { get; init; }

    /// <summary>Where the files lie, for messages.</summary>
    protected string Place { get; } = path;

    /// <inheritdoc/>
    public override IEnumerable<Tensor> ToTorchtune(IReadOnlyList<Tensor> files)
    {
        foreach (Tensor tensor in files.Where(t => !LeavesOut(t.Name)))
        {
            TunePlace place = _byFile.GetValueOrDefault(tensor.Name) ?? throw Errors.TensorUnknown(Place, [tensor.Name], modelType);
            yield return Renamed.Of(place.HeadRows is { } head ? SelectedRows.Of(Fitting(tensor, head), new InterleavedHalves(tensor.Rows, head)) : tensor, place.Tune);
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> FromTorchtune(IReadOnlyList<Tensor> model, string output)
    {
        Dictionary<string, TunePlace> byTune = _places.ToDictionary(p => p.Tune, StringComparer.Ordinal);
        return [.. model.Select(tensor =>
        {
            TunePlace place = (IsLoadedOnly ? null : byTune.GetValueOrDefault(tensor.Name)) ?? throw Errors.TuneUnknownTensor(output, tensor.Name);
            return Renamed.Of(place.HeadRows is { } head ? SelectedRows.Of(Fitting(tensor, head), new SplitHalves(tensor.Rows, head)) : tensor, place.File);
        })];
    }

    /// <inheritdoc/>
    public override bool LeavesOut(string name) => leavesOut(name);

    /// <inheritdoc/>
    public override string? PeftModule(string module, out Func<Tensor, Tensor> rows)
    {
        const string Weight = ".weight";
        TunePlace? place = Array.Find(_places, p => p.Tune == module + Weight);
        rows = tensor => place?.HeadRows is { } head ? SelectedRows.Of(Fitting(tensor, head), new SplitHalves(tensor.Rows, head)) : tensor;
        return place?.File[..^Weight.Length];
    }

    // The number of heads is not stated for each tensor: whole heads are all that is needed.
    private Tensor Fitting(Tensor tensor, int head) => tensor.Shape.Rank == 2 && tensor.Rows % head == 0 && head % 2 == 0
        ? tensor
        : throw Errors.TensorShape(Place, tensor.Name, tensor.Shape.ToString(), $"a matrix of whole heads of {head} rows");
}

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using CheckpointBuild.Dialects;
using CheckpointBuild.DTypes;
using CheckpointBuild.Quantization.Judging;

namespace CheckpointBuild.Building.Quality;

/// <summary>Finds types for all tensors within a budget; what looks best is measured in whole, beside llama.cpp's mixes, and the best measurement is taken.</summary>
/// <param name="tensors">The tensors.</param>
/// <param name="options">What each type of each tensor is expected to cost.</param>
/// <param name="model">The model.</param>
/// <param name="judge">Measures.</param>
/// <param name="planned">The recipe and the files of a kind with types of its own.</param>
internal sealed class TypeSearch(
    ImmutableArray<TunableTensor> tensors,
    ImmutableArray<ImmutableArray<TypeOption>> options,
    TypedCheckpoint model,
    ModelJudge judge,
    Func<string, IEnumerable<(TunableTensor Tensor, DType Type)>, (Recipe Recipe, DirectoryPlan Plan)> planned)
{
    /// <summary>All of the text.</summary>
    public const long Whole = long.MaxValue;

    private const string MeasuredName = "measured";
    private readonly TypeLadder _ladder = new(options.Select(o => o.AsEnumerable()));
    private readonly List<TypeCandidate> _tried = [];

    /// <summary>The engine of at most a size that diverges least.</summary>
    /// <param name="most">Its most bytes.</param>
    /// <param name="fixedBytes">What the file holds beside these tensors.</param>
    /// <param name="kinds">Fixed kinds that fit, the largest last.</param>
    /// <param name="tokens">How much of the text each measurement uses.</param>
    /// <param name="cancellation">Looked at between measurements.</param>
    /// <returns>The best that was measured.</returns>
    /// <exception cref="Diagnostics.CheckpointException">CKPT4071 when none is small enough.</exception>
    public TypeCandidate BestWithin(long most, long fixedBytes, IReadOnlyList<(string Name, DirectoryPlan Plan, long Size)> kinds, long tokens, CancellationToken cancellation)
    {
        string kind = kinds.Count > 0 ? kinds[^1].Name : "q2_k";
        if (_ladder.Within(most - fixedBytes) is { } bought)
        {
            Try(MeasuredName, kind, bought, tokens, cancellation);
        }

        foreach ((string name, DirectoryPlan plan, long _) in kinds.Reverse())
        {
            TypeOption[] own = OptionsOf(plan);
            Try(name, name, own, tokens, cancellation);
            Try(name + " and the rest", name, Spent(own, most - fixedBytes), tokens, cancellation);
        }

        return _tried.Where(c => c.Size <= most).OrderBy(c => c.Measured.MeanDivergence).ThenBy(c => c.Size).ThenBy(c => c.Name, StringComparer.Ordinal).FirstOrDefault()
            ?? Refuse(kind, most);
    }

    /// <summary>The smallest engine that keeps a budget.</summary>
    /// <param name="isWithin">Whether a measurement keeps it.</param>
    /// <param name="kinds">All fixed kinds, the smallest first.</param>
    /// <param name="tokens">How much of the text the search uses; what it finds is measured on all of it.</param>
    /// <param name="cancellation">Looked at between measurements.</param>
    /// <returns>The smallest that was measured on the whole text and keeps it; where none does, the one that diverges least.</returns>
    public TypeCandidate SmallestWithin(Func<ComparisonResult, bool> isWithin, IReadOnlyList<(string Name, DirectoryPlan Plan, long Size)> kinds, long tokens, CancellationToken cancellation)
    {
        string kind = kinds[^1].Name;
        int low = 0, high = _ladder.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            bool fits = isWithin(Try(MeasuredName, kind, _ladder.At(middle), tokens, cancellation).Measured);
            (low, high) = fits ? (low, middle) : (middle + 1, high);
        }

        // A part of the text may be easier than the whole: then the next steps up the ladder, each twice as far.
        TypeCandidate found = Try(MeasuredName, kind, _ladder.At(low), Whole, cancellation);
        for (int step = 1; !isWithin(found.Measured) && low < _ladder.Count; step *= 2)
        {
            low = Math.Min(low + step, _ladder.Count);
            found = Try(MeasuredName, kind, _ladder.At(low), Whole, cancellation);
        }

        foreach ((string name, DirectoryPlan plan, long _) in kinds.Where(k => k.Size < found.Size).TakeLast(2))
        {
            Try(name, name, OptionsOf(plan), Whole, cancellation);
        }

        TypeCandidate[] whole = [.. _tried.Where(c => c.Tokens == Whole)];
        return whole.Where(c => isWithin(c.Measured)).OrderBy(c => c.Size).ThenBy(c => c.Measured.MeanDivergence).FirstOrDefault() ?? whole.MinBy(c => c.Measured.MeanDivergence)!;
    }

    /// <summary>How a choice came about.</summary>
    /// <param name="best">What was taken.</param>
    /// <returns>The record for the report.</returns>
    public AutomaticChoice Describe(TypeCandidate best) => new(
        best.Measured.ProtocolId,
        best.Recipe.Quantization!,
        best.Name,
        [.. _tried.Select(c => new MeasuredAlternative(c.Name, c.Size, c.Measured.MeanDivergence, c.Measured.PerplexityIncrease))],
        [.. tensors.Zip(best.Options, (tensor, option) => new ChosenType(tensor.Name, option.Type.LongName, option.Loss))]);

    private TypeCandidate Try(string name, string kind, TypeOption[] chosen, long tokens, CancellationToken cancellation)
    {
        if (_tried.FirstOrDefault(c => c.Tokens == tokens && c.Options.AsSpan().SequenceEqual(chosen)) is { } known)
        {
            return known;
        }

        (TunableTensor Tensor, DType Type)[] types = [.. tensors.Zip(chosen, (tensor, option) => (tensor, option.Type))];
        (Recipe recipe, DirectoryPlan plan) = planned(kind, types);
        var candidate = new TypeCandidate(name, chosen, recipe, plan, judge.Compare(model.With(types.Concat(TunableTensors.Others(model.Original, plan, tensors))), tokens, cancellation)) { Tokens = tokens };
        _tried.Add(candidate);
        return candidate;
    }

    private TypeOption[] OptionsOf(DirectoryPlan plan)
    {
        HashSet<string> names = [.. tensors.Select(t => t.Name)];
        Dictionary<string, DType> types = plan.Files.SelectMany(f => f.Slots).Where(s => s.Plane == 0 && names.Contains(s.Tensor.Name)).ToDictionary(s => s.Tensor.Name, s => s.Tensor.DType, StringComparer.Ordinal);
        return [.. tensors.Select((tensor, i) => options[i].FirstOrDefault(o => o.Type == types[tensor.Name], new TypeOption(types[tensor.Name], tensor.BytesAs(types[tensor.Name]), 0)))];
    }

    // What a kind leaves of the budget goes where it saves most; no tensor gets less than the kind gives it.
    private TypeOption[] Spent(TypeOption[] own, long bytes) =>
        new TypeLadder(own.Select((option, i) => options[i].Where(o => o.Bytes > option.Bytes && o.Loss < option.Loss).Prepend(option))).Within(bytes) ?? own;

    // Even the smallest types are too large.
    private TypeCandidate Refuse(string kind, long most)
    {
        (Recipe _, DirectoryPlan plan) = planned(kind, tensors.Zip(_ladder.At(0), (tensor, option) => (tensor, option.Type)));
        SizeBudget.Check(model.Original.Name, plan, most, _ => null);
        throw new InvalidOperationException("The smallest engine fits, and none was measured.");
    }
}

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Quantization.Judging;

namespace CheckpointBuild.Building.Quality;

/// <summary><c>Quantization="auto"</c>: chooses each tensor's type from what the model loses when that tensor alone is quantized. llama.cpp's own mixes are measured beside, so that the result is never worse than the nearest of them.</summary>
internal sealed class AutomaticTypes : IDisposable
{
    // Multiplications of weights by activations that measuring may take: some minutes on a desktop processor, whatever the model's size.
    private const double MostWork = 1e14;
    private const long LeastTokens = 64;
    private const long MostProbeTokens = 1024;
    private const long MostTokens = 16384;
    private const long TokensForMoments = 4096;

    // Padding between tensors of a file.
    private const int Alignment = 32;
    private const double MiddleBits = 4.5;
    private const int NearestKinds = 3;
    private const int WholeMeasurements = 20;

    private readonly Recipe _recipe;
    private readonly Checkpoint _checkpoint;
    private readonly Calibrator _calibrator;
    private readonly EvaluationText _text;
    private readonly Func<Recipe, DirectoryPlan> _plan;
    private readonly ImportanceMatrix? _importance;
    private readonly ImmutableArray<TunableTensor> _tensors;
    private readonly IReadOnlyList<(string Name, DirectoryPlan Plan, long Size)> _kinds;

    private AutomaticTypes(Recipe recipe, Checkpoint checkpoint, Calibrator calibrator, ImportanceMatrix? importance, Func<Recipe, DirectoryPlan> plan)
    {
        _recipe = recipe;
        _checkpoint = checkpoint;
        _calibrator = calibrator;
        _plan = plan;
        _importance = importance;
        _kinds = [.. new TypeAdvice(recipe, plan).Kinds.Where(kind => GgufFileType.Find(kind.Name) is { DType.IsFloatingPoint: false })];
        if (_kinds.Count == 0)
        {
            // What refuses every kind is no matter of types: its own error says what is wrong.
            _ = plan(recipe with { Quantization = "q8_0" });
        }

        FirstKind = Nearest(recipe.MaxEngineSize ?? long.MaxValue) is [.., var largest] ? largest.Name : _kinds[0].Name;
        _tensors = TunableTensors.Of(checkpoint, _kinds[0].Plan, recipe, importance);
        FirstPlan = Nearest(recipe.MaxEngineSize ?? long.MaxValue) is [.., var fitting] ? fitting.Plan : Planned(FirstKind, _tensors.Select(t => (t, t.Types[0]))).Plan;
        _text = EvaluationText.Open(checkpoint, recipe.EvaluationText ?? recipe.Calibration!);
    }

    /// <summary>The files that stand for the choice until that is made: those of the largest kind within the size, or of the smallest types.</summary>
    public DirectoryPlan FirstPlan { get; }

    private string FirstKind { get; }

    /// <summary>Looks at what a recipe asks; nothing is measured yet.</summary>
    /// <param name="recipe">What is asked for.</param>
    /// <param name="checkpoint">The source, adapters merged where they are.</param>
    /// <param name="calibrator">Runs models.</param>
    /// <param name="importance">How much columns count; null = not known. Its numbers are read when the choice is made.</param>
    /// <param name="plan">The files that a recipe would write.</param>
    /// <returns>The choice to be; null where the recipe names its types.</returns>
    /// <exception cref="CheckpointException">CKPT3083 without a budget, CKPT3084 without a text, CKPT3081 without a calibrator, CKPT3085 for a text that is none, CKPT9006 together with one type for all, or with layers that are left out.</exception>
    public static AutomaticTypes? Open(Recipe recipe, Checkpoint checkpoint, Calibrator? calibrator, ImportanceMatrix? importance, Func<Recipe, DirectoryPlan> plan)
    {
        if (recipe.Engine != "gguf" || recipe.Quantization != Recipe.Automatic)
        {
            return null;
        }

        if (recipe.MaxEngineSize is null && recipe.MaxPerplexityIncrease is null && recipe.MaxKlDivergence is null)
        {
            throw Errors.AutoWithoutBudget();
        }

        if (!recipe.PruneLayers.IsEmpty)
        {
            throw Errors.OneOfBoth("prune-layers", string.Join(',', recipe.PruneLayers), "quantization", Recipe.Automatic);
        }

        if (recipe.Pure == Purity.Pure)
        {
            throw Errors.OneOfBoth("pure", "true", "quantization", Recipe.Automatic);
        }

        string text = recipe.EvaluationText ?? recipe.Calibration ?? throw Errors.AutoWithoutText();
        return new AutomaticTypes(recipe, checkpoint, calibrator ?? throw Errors.NoJudge(text), importance, plan);
    }

    /// <summary>Measures and chooses.</summary>
    /// <param name="cancellation">Looked at between measurements.</param>
    /// <returns>The files with every tensor's type, and how those were chosen.</returns>
    /// <exception cref="CheckpointException">CKPT4071 when no choice is small enough.</exception>
    public (DirectoryPlan Plan, AutomaticChoice Choice) Choose(CancellationToken cancellation)
    {
        var model = new TypedCheckpoint(_checkpoint, _checkpoint.Container?.IsWhole(_checkpoint) == true ? null : _recipe.IntermediateDType ?? DType.F16, _importance);
        long weights = _tensors.Sum(t => t.Shape.ElementCount), rest = BytesBeside();
        double bits = _recipe.MaxEngineSize is { } limit ? 8.0 * (limit - rest) / weights : MiddleBits;
        using ModelJudge judge = _calibrator.Judge(_checkpoint, _text.Ids, cancellation);
        var sensitivity = new Sensitivity(model, judge, Moments(cancellation));
        var search = new TypeSearch(_tensors, sensitivity.Of(_tensors, bits, Tokens(weights, _tensors.Length, MostProbeTokens), cancellation), model, judge, Planned);
        TypeCandidate best = _recipe.MaxEngineSize is { } most
            ? search.BestWithin(most, rest, Nearest(most), Tokens(weights, WholeMeasurements, MostTokens), cancellation)
            : search.SmallestWithin(IsWithin, _kinds, Tokens(weights, WholeMeasurements, MostTokens) is var sample && sample < _text.Ids.Length ? sample : TypeSearch.Whole, cancellation);
        return (best.Plan, search.Describe(best));
    }

    /// <summary>The text that is measured on.</summary>
    public EvaluationText Text => _text;

    /// <inheritdoc/>
    public void Dispose() => _text.Dispose();

    // What the file holds beside these tensors, padding between them included.
    private long BytesBeside()
    {
        HashSet<string> names = [.. _tensors.Select(t => t.Name)];
        return TypeAdvice.SizeOf(FirstPlan) - FirstPlan.Files.SelectMany(f => f.Slots).Where(s => names.Contains(s.Tensor.Name)).Sum(s => s.Length) + (Alignment * _tensors.Length);
    }

    private bool IsWithin(ComparisonResult result) => new QualityReport(result) { MaxPerplexityIncrease = _recipe.MaxPerplexityIncrease, MaxKlDivergence = _recipe.MaxKlDivergence }.IsWithin;

    // The largest kinds that fit, the largest last.
    private IReadOnlyList<(string Name, DirectoryPlan Plan, long Size)> Nearest(long most) => [.. _kinds.Where(kind => kind.Size <= most).TakeLast(NearestKinds)];

    private static long Tokens(long weights, long measurements, long most) => (long)Math.Clamp(MostWork / ((double)weights * measurements), LeastTokens, most);

    // The user's own rules come first, as the first that matches counts.
    private (Recipe Recipe, DirectoryPlan Plan) Planned(string kind, IEnumerable<(TunableTensor Tensor, DType Type)> types)
    {
        Recipe recipe = _recipe with { Quantization = kind, TensorTypes = [.. _recipe.TensorTypes, .. types.Select(t => new TensorTypeRule($"^{Regex.Escape(t.Tensor.Name)}$", t.Type))] };
        return (recipe, _plan(recipe));
    }

    private Dictionary<TensorRole, float[]> Moments(CancellationToken cancellation)
    {
        int window = Math.Min(EvaluationText.Window, _checkpoint.Config.ContextLength);
        int count = (int)Math.Min(_text.Ids.Length, TokensForMoments) / window * window;
        return _calibrator.SumSquares(_checkpoint, _text.Ids[..count], window, cancellation).ToDictionary(s => s.Key, s => s.Value.Squares);
    }
}

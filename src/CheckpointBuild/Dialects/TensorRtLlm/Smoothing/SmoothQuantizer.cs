using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Dialects.TensorRtLlm.Quantizing;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.TensorRtLlm.Smoothing;

/// <summary>The converters' own SmoothQuant: integer matrices whose scales follow from whole matrices and are split with them.</summary>
/// <param name="fields">What is written.</param>
/// <param name="statistics">What activations there are.</param>
/// <param name="style">The converter's own ways.</param>
internal sealed class SmoothQuantizer(ConverterFields fields, CalibrationStatistics statistics, SmoothStyle style) : RankQuantizer
{
    private const float Most = 127;

    private readonly QuantAlgo _algorithm = fields.Options.Quantization.Algorithm!;
    private readonly Dictionary<(RoleKind First, int Layer), SmoothGroup> _groups = [];

    /// <inheritdoc/>
    public override bool KeepsRotaryTables => false;

    /// <inheritdoc/>
    /// <remarks>The reference calibrates the model in float16 and writes what it has then.</remarks>
    public override DType? Through => DType.F16;

    /// <inheritdoc/>
    public override DType? WorksIn => Through;

    /// <inheritdoc/>
    public override bool Concerns(RankRule rule, int layer, TensorPart part) => base.Concerns(rule, layer, part) || IsNorm(rule);

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors(RankModule module) => IsNorm(module.Rule) ? Norm(module) : Linear(module, Group(module.Rule.Kinds[0], module.Layer));

    private static bool IsNorm(RankRule rule) => rule.Kinds[0] is RoleKind.AttentionNorm or RoleKind.FeedForwardNorm;

    private IEnumerable<Tensor> Norm(RankModule module)
    {
        SmoothGroup group = Group(module.Rule.Kinds[0] == RoleKind.AttentionNorm ? RoleKind.Query : FirstOfBlock, module.Layer);
        Tensor norm = group.Scales is { } scales ? new Smoothed(module.Parts[0], scales, SmoothingDirection.Divide) : module.Parts[0];
        yield return (module with { Parts = [Converted.Of(norm, fields.DType)] }).Share;
        if (module.Part == TensorPart.Weight)
        {
            string name = module.Name + ".scale_to_int";
            yield return _algorithm.IsPerToken ? new Computed(name, [1f], "a placeholder") : Number(Converted.Of(InputOf(group), DType.F32), name);
        }
    }

    private IEnumerable<Tensor> Linear(RankModule module, SmoothGroup group)
    {
        RankRule rule = module.Rule;
        bool isFused = rule.Split == RankSplit.Heads, perRow = _algorithm.IsPerChannel;
        InputScale? input = _algorithm.IsPerToken ? null : InputOf(group);
        float output = isFused ? group.Outputs.Values.Max() : group.Outputs[rule.Kinds[0]];

        // Queries, keys and values are quantized as the one matrix that they become.
        ImmutableArray<Tensor> smooth = [.. rule.Kinds.Select(group.Smooth)];
        Tensor whole = isFused ? JoinedRows.Of(module.Name, smooth, 1) : Converted.Of(smooth[0], fields.DType);
        var weights = new WeightScales(new RowMagnitudes(isFused ? whole : smooth[0]), perRow ? [] : isFused ? Stretches(whole.Rows) : [whole.Rows]);
        var codes = new SmoothCodes(whole, weights, RoundingOf(isFused, perRow));
        var scales = new OutputScale(weights, weights.IsOne ? 1 : whole.Rows, input, output);

        yield return (module with { Cut = CutOf(module.Cut), Parts = Parts(codes, smooth) }).Share;
        yield return Scales(module with { Cut = CutOf(module.Cut) }, Parts(scales, weights.IsOne ? [scales] : smooth), !weights.IsOne);
        if (input is not null)
        {
            yield return Number(new Computed("", [output / Most], "scale of outputs"), module.Name + ".act_scale", isMatrix: style.NumbersAreVectors);
        }

        if (rule.Split == RankSplit.Columns)
        {
            yield return Smoother(module, group);
            if (input is not null)
            {
                string block = module.LayerName + (rule.Kinds[0] == RoleKind.Down ? "mlp" : "attention");
                yield return Number(Converted.Of(input, DType.F32), block + ".quantization_scaling_factor");
            }
        }
    }

    private SmoothRounding RoundingOf(bool isFused, bool perRow) => perRow ? SmoothRounding.Product
        : !isFused ? SmoothRounding.RoundedProduct
        : IsGrouped ? SmoothRounding.HalfQuotient : SmoothRounding.Product;

    private bool IsGrouped => fields.Config.KeyValueHeadCount != fields.Config.HeadCount;

    // The reference takes as many rows for queries as the model is wide, whatever its heads are; any cut gives a valid scale.
    private ImmutableArray<long> Stretches(long rows)
    {
        long queries = IsGrouped ? fields.Config.HiddenSize : rows / 3;
        long others = (rows - queries) / 2;
        return queries > 0 && others > 0 ? [queries, others, rows - queries - others] : [rows / 3, rows / 3, rows - (rows / 3 * 2)];
    }

    // The reference's calibrated path does not repeat key/value heads but cuts through them.
    private RankCut CutOf(RankCut cut) => fields.Options.FollowsReference ? cut with { CutsThroughHeads = true } : cut;

    private static ImmutableArray<Tensor> Parts(Tensor whole, ImmutableArray<Tensor> like)
    {
        if (like.Length == 1)
        {
            return [whole];
        }

        ImmutableArray<Tensor>.Builder parts = ImmutableArray.CreateBuilder<Tensor>(like.Length);
        long start = 0;
        foreach (Tensor part in like)
        {
            parts.Add(SelectedRows.Of(whole, new RowSlice(start, part.Rows)));
            start += part.Rows;
        }

        return parts.MoveToImmutable();
    }

    private static Tensor Scales(RankModule module, ImmutableArray<Tensor> scales, bool isSplit)
    {
        Tensor share = isSplit
            ? module.Cut.Share(module.Rule, [.. scales.Select(s => Reshaped.Of(s, new Shape(s.Rows)))], TensorPart.Bias, module.Name)
            : scales[0];
        return Renamed.Of(Reshaped.Of(share, new Shape(1, share.Shape.ElementCount)), module.Name + ".per_channel_scale");
    }

    private Tensor Smoother(RankModule module, SmoothGroup group)
    {
        int columns = module.Parts[0].Columns;
        Tensor whole = group.Scales is { } scales ? Converted.Of(scales, DType.F32) : new Computed("", [.. Enumerable.Repeat(1f, columns)], "no smoothing");
        Tensor share = RankCut.ColumnShareOf(Reshaped.Of(whole, new Shape(1, columns)), fields.Options.Grid.TensorParallel, module.Cut.Position.Tensor);
        return Renamed.Of(share, module.Name + ".smoother");
    }

    private Tensor Number(Tensor number, string name, bool isMatrix = false) =>
        Renamed.Of(Reshaped.Of(number, isMatrix ? new Shape(1, 1) : style.NumbersAreVectors ? new Shape(1) : new Shape()), name);

    private static InputScale InputOf(SmoothGroup group) => new("", group.Activations, group.Scales);

    // The gate, or the upward projection where there is none.
    private RoleKind FirstOfBlock => fields.Checkpoint.Tensors.TryGet(new TensorRole(RoleKind.Gate, 0), out _) ? RoleKind.Gate : RoleKind.Up;

    private SmoothGroup Group(RoleKind kind, int layer)
    {
        RoleKind[] kinds = kind switch
        {
            RoleKind.Query or RoleKind.Key or RoleKind.Value => [RoleKind.Query, RoleKind.Key, RoleKind.Value],
            RoleKind.Gate or RoleKind.Up when FirstOfBlock == RoleKind.Gate => [RoleKind.Gate, RoleKind.Up],
            _ => [kind],
        };
        if (!_groups.TryGetValue((kinds[0], layer), out SmoothGroup? group))
        {
            bool smooths = style.SmoothsResults || kind is not (RoleKind.AttentionOutput or RoleKind.Down);
            group = SmoothGroup.Of(fields.Checkpoint, statistics, [.. kinds.Select(k => new TensorRole(k, layer))], smooths ? fields.Options.Quantization.SmoothQuant ?? 0.5 : null);
            _groups.Add((kinds[0], layer), group);
        }

        return group;
    }
}

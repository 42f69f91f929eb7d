using System;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Models.Adapters;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Stages;

/// <summary>The base's tensors while an adapter is put into them, one change after the other.</summary>
/// <param name="checkpoint">The base.</param>
/// <param name="adapter">The adapter, whose names the base has.</param>
/// <param name="sites">Where the names lie.</param>
/// <param name="options">Weight, dtypes and rounding.</param>
internal sealed class MergedTensors(Checkpoint checkpoint, Adapter adapter, AdapterSites sites, MergeOptions options)
{
    private static readonly TensorRole Head = new(RoleKind.Output);
    private static readonly TensorRole Embedding = new(RoleKind.TokenEmbedding);

    private readonly Dictionary<TensorRole, Tensor> _tensors = new(checkpoint.Tensors);
    private readonly List<Diagnostic> _warnings = [];
    private ModelConfig _config = checkpoint.Config;

    /// <summary>Puts the matrix that a change was trained upon in the place of the base's. Of a tied pair it is the one that both share.</summary>
    /// <param name="replacement">The matrix or bias.</param>
    public void ReplaceBase(AdapterReplacement replacement) => Set(sites.Find(replacement.Name)!, Fitting(replacement));

    /// <summary>Puts a tensor that was trained as a whole in the place of the base's. Of a tied pair the other keeps its values.</summary>
    /// <param name="replacement">The tensor.</param>
    public void Replace(AdapterReplacement replacement)
    {
        StoredTensor site = sites.Find(replacement.Name)!;
        Tensor tensor = Fitting(replacement);
        if (_config.TiedEmbeddings && site.Roles[0] is { Part: TensorPart.Weight, Kind: RoleKind.TokenEmbedding or RoleKind.Output })
        {
            _tensors[Head] = _tensors[Embedding];
            _config = _config with { TiedEmbeddings = false };
            _warnings.Add(Errors.AdapterUnties(adapter.Path, replacement.Name));
        }

        Set(site, tensor);
    }

    /// <summary>Puts rows of an embedding in the place of the base's.</summary>
    /// <param name="rows">The rows.</param>
    public void Replace(AdapterTokenRows rows)
    {
        StoredTensor site = sites.Matrix(rows.Module)!;
        Tensor current = Summable(Current(site));
        Demand(rows.Rows, new Shape(rows.Indices.Length, current.Columns));
        if (rows.Indices.Cast<long?>().FirstOrDefault(i => i < 0 || i >= current.Rows) is { } outside)
        {
            throw Errors.AdapterShape(adapter.Path, rows.Rows.Name, $"for token {outside}", $"a token from 0 to {current.Rows - 1}");
        }

        Set(site, new ReplacedRows(current, Converted.Of(rows.Rows, current.DType), rows.Indices));
    }

    /// <summary>Adds a low-rank change, and its bias to the module's.</summary>
    /// <param name="pair">The factors.</param>
    public void Add(LowRankPair pair)
    {
        StoredTensor site = sites.Matrix(pair.Module)!;
        Tensor current = Summable(Current(site));
        bool stands = site.IsInOut || pair.IsEmbedding;
        (long outputs, long inputs) = stands ? (current.Shape.Columns, current.Rows) : (current.Rows, current.Shape.Columns);
        Demand(pair.A, new Shape(pair.A.Rows, inputs));
        Demand(pair.B, new Shape(outputs, pair.A.Rows));
        Set(site, Sum(pair, current, stands));
        if (pair.Bias is { } bias)
        {
            StoredTensor biasSite = sites.Bias(pair.Module)!;
            Tensor biases = Summable(Current(biasSite));
            Demand(bias, biases.Shape);
            var one = new Computed(pair.Module + ".one", [1], "1");
            Set(biasSite, Reshaped.Of(new MergedLora(biases, Reshaped.Of(bias, new Shape(1, biases.Columns)), Reshaped.Of(one, new Shape(1, 1)), pair.Scale(options.Weight)) { Rounding = RoundingOf(pair), FactorDType = FactorDTypeOf(pair) }, biases.Shape));
        }
    }

    /// <summary>The merged checkpoint.</summary>
    /// <returns>The base with the changed tensors, and what was noticed.</returns>
    public Checkpoint Finish()
    {
        if (adapter.BaseName is { } stated && !string.Equals(LastPart(stated), checkpoint.Name, StringComparison.OrdinalIgnoreCase))
        {
            _warnings.Add(Errors.AdapterOfOtherBase(adapter.Path, stated, checkpoint.Name));
        }

        if (options.Weight != 1 && (adapter.Replacements.Any(r => !r.IsBase) || adapter.TokenRows.Length > 0))
        {
            _warnings.Add(Errors.WeightLeavesWhole(adapter.Path, options.Weight));
        }

        return checkpoint with { Config = _config, Tensors = InOrder(), Problems = [.. checkpoint.Problems, .. adapter.Problems, .. _warnings] };
    }

    private Tensor Sum(LowRankPair pair, Tensor current, bool stands)
    {
        var change = new MergedLora(current, pair.A, pair.B, pair.Scale(options.Weight)) { Rounding = RoundingOf(pair), FactorDType = FactorDTypeOf(pair) };
        if (pair.Magnitude is { } magnitude)
        {
            long outputs = pair.B.Rows;
            if (magnitude.Shape.ElementCount != outputs)
            {
                throw Errors.AdapterShape(adapter.Path, magnitude.Name, magnitude.Shape.ToString(), new Shape(outputs).ToString());
            }

            // Lengths are of whole outputs, which stand in columns there.
            change = change with { Base = stands ? Transposed.Of(current) : current, Shape = new Shape(outputs, pair.A.Columns), Magnitude = Reshaped.Of(magnitude, new Shape(outputs, 1)) };
            return stands ? Transposed.Of(change) : change;
        }

        // (B A)ᵀ = Aᵀ Bᵀ: of a matrix that stands the other way round the factors change places, and every sum keeps its order.
        return stands ? change with { A = Transposed.Of(pair.B), B = Transposed.Of(pair.A) } : change;
    }

    private LoraRounding RoundingOf(LowRankPair pair) => adapter.Rounding == LoraRounding.Torchtune ? LoraRounding.Torchtune
        : options.Changes == ChangeRounding.BeforeSum || (pair.IsEmbedding && pair.Magnitude is null) ? LoraRounding.PeftSafe
        : LoraRounding.Peft;

    // torchtune keeps its factors in the dtype that they were trained in.
    private DType FactorDTypeOf(LowRankPair pair) => adapter.Rounding == LoraRounding.Torchtune ? pair.A.DType : options.FactorDType ?? DType.F32;

    // Of a tied pair both names mean the embedding's matrix.
    private TensorRole Shared(TensorRole role) => _config.TiedEmbeddings && role == Head ? Embedding : role;

    private Tensor Current(StoredTensor site) => site.Join(role => _tensors[Shared(role)]);

    private void Set(StoredTensor site, Tensor tensor)
    {
        foreach ((TensorRole role, Tensor part) in site.Split(tensor))
        {
            _tensors[Shared(role)] = part;
        }
    }

    // In the dtype in which the base is loaded; what lies in blocks is float32 once something is added to it.
    private Tensor Summable(Tensor tensor) => Converted.Of(tensor, options.BaseDType ?? (tensor.DType.IsFloatingPoint ? tensor.DType : DType.F32));

    private Tensor Fitting(AdapterReplacement replacement)
    {
        Tensor current = Current(sites.Find(replacement.Name)!);
        Demand(replacement.Tensor, current.Shape);
        return Renamed.Of(Converted.Of(replacement.Tensor, Summable(current).DType), current.Name);
    }

    private void Demand(Tensor tensor, Shape shape)
    {
        if (tensor.Shape != shape)
        {
            throw Errors.AdapterShape(adapter.Path, tensor.Name, tensor.Shape.ToString(), shape.ToString());
        }
    }

    // A head that was tied and is not any more stands where Hugging Face's files would have it.
    private RoleTable InOrder()
    {
        List<TensorRole> order = [.. checkpoint.Tensors.Select(t => t.Key)];
        if (_tensors.Count > order.Count)
        {
            Dictionary<TensorRole, string> names = checkpoint.Family.Naming.TensorsOf(_config).SelectMany(t => t.Roles.Select(r => (r, t.Name))).ToDictionary(e => e.r, e => e.Name);
            int place = order.FindIndex(role => string.CompareOrdinal(names[role], names[Head]) > 0);
            order.Insert(place < 0 ? order.Count : place, Head);
        }

        return new RoleTable(order.Select(role => KeyValuePair.Create(role, _tensors[role])));
    }

    private static string LastPart(string path) => path.TrimEnd('/', '\\') is var trimmed ? trimmed[(trimmed.LastIndexOfAny(['/', '\\']) + 1)..] : path;
}

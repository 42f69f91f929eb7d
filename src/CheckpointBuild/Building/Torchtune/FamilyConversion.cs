using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Dialects.Torchtune;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Models.Adapters;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Building.Torchtune;

/// <summary>Hugging Face's names of a family of language models, by what each tensor is in it.</summary>
/// <param name="model">The model as its configuration describes it.</param>
/// <param name="path">Where the files lie, for messages.</param>
/// <param name="compatibility">By the reference, the head of a tied model that some files hold beside the embedding is not written again, and factors of queries and keys are turned though the family's own rows are not.</param>
internal sealed class FamilyConversion(ModelDescription model, string path, Compatibility compatibility) : TuneConversion
{
    private readonly TensorNaming _naming = TorchtuneNames.Of(model.Family) ?? throw Errors.CannotRun(model.Family.Architecture, "a torchtune checkpoint", $"torchtune trains {string.Join(", ", TorchtuneNames.Architectures)}.");
    private readonly HashSet<string> _inFiles = new(StringComparer.Ordinal);
    private ModelConfig _config = model.Config;
    private bool _hasCopyOfEmbedding;

    /// <inheritdoc/>
    public override IEnumerable<Tensor> ToTorchtune(IReadOnlyList<Tensor> files)
    {
        if (files.Count == 0 && compatibility == Compatibility.Reference)
        {
            return [];
        }

        var mapper = new RoleMapper(model.Family, model.Family.Naming, path, ImmutableArray.CreateBuilder<Diagnostic>()) { Prefix = model.Family.NamePrefix };
        (_config, RoleTable tensors) = mapper.Map(model.Config, files);
        _hasCopyOfEmbedding = mapper.TiedHeadPlace is not null;
        _inFiles.UnionWith(InFiles(_config with { TiedEmbeddings = _config.TiedEmbeddings && !(_hasCopyOfEmbedding && compatibility == Compatibility.Safe) }).Select(t => t.Name));
        var checkpoint = new Checkpoint { Name = path, Dialect = "huggingface", Family = model.Family, Config = _config, Tensors = tensors };
        return Dialects.Torchtune.Torchtune.TensorsOf(checkpoint, new PlanOptions { EngineName = "", Policy = new AsStored(DType.F32) });
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> FromTorchtune(IReadOnlyList<Tensor> model, string output)
    {
        Dictionary<string, StoredTensor> known = _naming.TensorsOf(_config).ToDictionary(t => t.Name, StringComparer.Ordinal);
        var roles = new Dictionary<TensorRole, Tensor>();
        foreach (Tensor tensor in model)
        {
            StoredTensor stored = known.GetValueOrDefault(tensor.Name) ?? throw Errors.TuneUnknownTensor(output, tensor.Name);
            foreach ((TensorRole role, Tensor part) in stored.Shape == tensor.Shape ? stored.Split(tensor) : throw Errors.TensorShape(output, tensor.Name, tensor.Shape.ToString(), stored.Shape.ToString()))
            {
                roles.Add(role, part);
            }
        }

        return [.. InFiles(_config).Where(t => t.Roles.All(roles.ContainsKey)).Select(t => t.Join(role => roles[role])), .. CopyOfEmbedding(roles)];
    }

    /// <inheritdoc/>
    public override bool LeavesOut(string name) => !_inFiles.Contains(name);

    /// <inheritdoc/>
    public override string? PeftModule(string module, out Func<Tensor, Tensor> rows)
    {
        StoredTensor? site = new AdapterSites(_config, [_naming]).Matrix(module);
        StoredTensor? place = site is null ? null : new AdapterSites(_config, [model.Family.Naming]).SameRoles(site);
        bool isTurnedAnyway = compatibility == Compatibility.Reference && site?.Roles is [{ Kind: RoleKind.Query or RoleKind.Key }];
        rows = tensor => isTurnedAnyway ? SelectedRows.Of(tensor, new SplitHalves(tensor.Rows, _config.HeadDimension)) : place!.StoredRows(site!.CanonicalRows(tensor));
        return place?.Name[..^".weight".Length];
    }

    private IEnumerable<StoredTensor> InFiles(ModelConfig config) => model.Family.Naming.TensorsOf(config);

    // Trained once, written under both names.
    private IEnumerable<Tensor> CopyOfEmbedding(Dictionary<TensorRole, Tensor> roles)
    {
        StoredTensor? head = InFiles(_config with { TiedEmbeddings = false }).FirstOrDefault(t => t.Roles[0].Kind == RoleKind.Output);
        return _hasCopyOfEmbedding && compatibility == Compatibility.Safe && head is not null && roles.FirstOrDefault(r => r.Key.Kind == RoleKind.TokenEmbedding) is { Value: { } embedding }
            ? [Renamed.Of(embedding, head.Name)]
            : [];
    }
}

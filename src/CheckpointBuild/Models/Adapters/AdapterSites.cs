using System;
using System.Collections.Generic;
using System.Linq;

namespace CheckpointBuild.Models.Adapters;

/// <summary>Where an adapter's names lie in a base: every stored tensor under each of the names that the adapter's ecosystem may have for it.</summary>
internal sealed class AdapterSites
{
    private const string WeightSuffix = ".weight";

    private readonly Dictionary<string, StoredTensor> _byName = new(StringComparer.Ordinal);
    private readonly HashSet<string> _otherCuts = new(StringComparer.Ordinal);

    /// <summary>Lists the names.</summary>
    /// <param name="config">The base.</param>
    /// <param name="namings">The family's own naming first, then other cuts.</param>
    public AdapterSites(ModelConfig config, IReadOnlyList<TensorNaming> namings)
    {
        // A tied model has a head in memory though not in its files.
        ModelConfig untied = config with { TiedEmbeddings = false };
        for (int i = 0; i < namings.Count; i++)
        {
            foreach (StoredTensor tensor in namings[i].TensorsOf(untied))
            {
                if (_byName.TryAdd(tensor.Name, tensor) && i > 0)
                {
                    _otherCuts.Add(tensor.Name);
                }
            }
        }
    }

    /// <summary>Finds a tensor by its name.</summary>
    /// <param name="name">With its suffix.</param>
    /// <returns>The tensor, or null.</returns>
    public StoredTensor? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Finds the weight of a module.</summary>
    /// <param name="module">Without suffix.</param>
    /// <returns>The tensor, or null where the base has no such matrix.</returns>
    public StoredTensor? Matrix(string module) => Find(module + WeightSuffix) is { Shape.Rank: 2 } matrix ? matrix : null;

    /// <summary>Finds the module whose matrix holds some roles and nothing else.</summary>
    /// <param name="other">A stored tensor of another naming.</param>
    /// <returns>The tensor that holds the same roles in the same order, or null.</returns>
    public StoredTensor? SameRoles(StoredTensor other) => _byName.Values.FirstOrDefault(t => t.Shape.Rank == 2 && t.Roles.AsSpan().SequenceEqual(other.Roles.AsSpan()));

    /// <summary>Finds the bias of a module.</summary>
    /// <param name="module">Without suffix.</param>
    /// <returns>The tensor, or null.</returns>
    public StoredTensor? Bias(string module) => Find(module + ".bias");

    /// <summary>The modules that an adapter's configuration may ask for, with what each is; experts and routers are left out, which libraries keep now as modules, now as parameters.</summary>
    /// <param name="inUse">The modules that the adapter's file has: where some are of another cut, that cut's others count too.</param>
    /// <returns>Modules without suffix.</returns>
    public IEnumerable<(string Module, RoleKind Kind)> Modules(IReadOnlyCollection<string> inUse)
    {
        bool others = inUse.Any(m => _otherCuts.Contains(m + WeightSuffix));
        return _byName
            .Where(e => e.Value.Shape.Rank == 2 && e.Key.EndsWith(WeightSuffix, StringComparison.Ordinal) && (others || !_otherCuts.Contains(e.Key)) && !IsSparse(e.Value.Roles[0].Kind))
            .Select(e => (e.Key[..^WeightSuffix.Length], e.Value.Roles[0].Kind));
    }

    /// <summary>The modules of the family's own names, biases and norms among them.</summary>
    /// <returns>Modules without suffix, each once.</returns>
    public IEnumerable<string> Named() => _byName.Keys.Where(name => !_otherCuts.Contains(name) && name.Contains('.', StringComparison.Ordinal)).Select(name => name[..name.LastIndexOf('.')]).Distinct();

    private static bool IsSparse(RoleKind kind) => kind is RoleKind.ExpertGate or RoleKind.ExpertUp or RoleKind.ExpertDown or RoleKind.Router or RoleKind.SharedRouter;
}

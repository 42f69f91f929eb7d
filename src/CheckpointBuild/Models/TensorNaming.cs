using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace CheckpointBuild.Models;

/// <summary>How an ecosystem names and arranges a family's tensors: an ordered list of rules that reads both ways.</summary>
/// <param name="rules">The rules; of several for one kind the first that holds in a model counts.</param>
public sealed class TensorNaming(ImmutableArray<NameRule> rules)
{
    /// <summary>Every tensor that files of a model hold.</summary>
    /// <param name="config">The model.</param>
    /// <returns>In the order of the rules, layer by layer within a rule.</returns>
    public IEnumerable<StoredTensor> TensorsOf(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var named = new HashSet<TensorRole>();
        foreach (NameRule rule in rules.Where(r => r.When?.Invoke(config) != false))
        {
            foreach (int layer in rule.IsInLayer ? Enumerable.Range(0, config.LayerCount) : [TensorRole.NoLayer])
            {
                foreach (StoredTensor tensor in TensorsOf(rule, layer, config).Where(t => t.Roles.All(named.Add)))
                {
                    yield return tensor;
                }
            }
        }
    }

    private static IEnumerable<StoredTensor> TensorsOf(NameRule rule, int layer, ModelConfig config)
    {
        int indices = config.IndexCountOf(rule.Kinds[0]);
        foreach (TensorPart part in Enum.GetValues<TensorPart>())
        {
            if (!rule.Kinds.All(kind => config.Has(new TensorRole(kind, layer, part))))
            {
                continue;
            }

            if (rule.IsIndexed)
            {
                foreach (int index in Enumerable.Range(0, indices))
                {
                    yield return new StoredTensor(rule, [.. rule.Kinds.Select(kind => new TensorRole(kind, layer, part, index))], config);
                }
            }
            else
            {
                IEnumerable<int> stacked = rule.Layout.IsStacked && indices > 0 ? Enumerable.Range(0, indices) : [TensorRole.NoIndex];
                yield return new StoredTensor(rule, [.. stacked.SelectMany(_ => rule.Kinds, (index, kind) => new TensorRole(kind, layer, part, index))], config);
            }
        }
    }
}

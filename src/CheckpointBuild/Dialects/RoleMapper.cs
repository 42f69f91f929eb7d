using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects;

/// <summary>Finds the role of every named tensor of a family: each tensor has exactly one, nothing is dropped silently, and where the weights contradict the configuration the weights count.</summary>
/// <param name="family">The architecture, whose Hugging Face names the tensors bear.</param>
/// <param name="file">Where they come from, for messages.</param>
/// <param name="problems">Receives what was noticed.</param>
internal sealed class RoleMapper(ModelFamily family, string file, ImmutableArray<Diagnostic>.Builder problems)
{
    // What wrappers of training frameworks put before every name.
    private static readonly string[] WrapperPrefixes = ["_orig_mod.", "module."];

    /// <summary>Maps tensors to roles.</summary>
    /// <param name="config">The configuration as stated.</param>
    /// <param name="tensors">The named tensors, in order.</param>
    /// <returns>The configuration as the weights have it, and the tensors by role in the same order.</returns>
    public (ModelConfig Config, RoleTable Tensors) Map(ModelConfig config, IReadOnlyList<Tensor> tensors)
    {
        tensors = WithoutWrapper(tensors);
        Dictionary<string, Tensor> byName = new(StringComparer.Ordinal);
        foreach (Tensor tensor in tensors)
        {
            if (!byName.TryAdd(tensor.Name, tensor))
            {
                throw Errors.DuplicateTensor(file, tensor.Name);
            }
        }

        config = WithBiasesOf(config, byName);
        config = WithHeadOf(config, byName);

        var roles = new Dictionary<string, TensorRole>(StringComparer.Ordinal);
        foreach (TensorSpec spec in family.TensorsOf(config))
        {
            Tensor tensor = byName.GetValueOrDefault(spec.Name) ?? throw Errors.TensorMissing(file, spec.Name, spec.Shape.ToString());
            if (tensor.Shape != spec.Shape)
            {
                throw Errors.TensorShape(file, spec.Name, tensor.Shape.ToString(), spec.Shape.ToString());
            }

            roles.Add(spec.Name, spec.Role);
        }

        List<string> unknown = [.. byName.Keys.Where(name => !roles.ContainsKey(name) && !family.Ignores(name))];
        return unknown.Count == 0
            ? (config, new RoleTable(byName.Values.Where(t => roles.ContainsKey(t.Name)).Select(t => KeyValuePair.Create(roles[t.Name], t))))
            : throw Errors.TensorUnknown(file, unknown, family.Architecture);
    }

    private IReadOnlyList<Tensor> WithoutWrapper(IReadOnlyList<Tensor> tensors)
    {
        foreach (string prefix in WrapperPrefixes)
        {
            if (tensors.Count > 0 && tensors.All(t => t.Name.StartsWith(prefix, StringComparison.Ordinal)))
            {
                problems.Add(Errors.WrapperTakenAway(file, prefix));
                return [.. tensors.Select(t => Renamed.Of(t, t.Name[prefix.Length..]))];
            }
        }

        return tensors;
    }

    private ModelConfig WithBiasesOf(ModelConfig config, Dictionary<string, Tensor> byName)
    {
        ModelConfig biased = config with { AttentionBias = true, FeedForwardBias = true };
        foreach (NameRule rule in family.Names.Where(r => r.Bias is not null && !r.Bias(config) && r.Bias(biased)))
        {
            if (!byName.ContainsKey(rule.NameOf(new TensorRole(rule.Kind, rule.IsInLayer ? 0 : TensorRole.NoLayer).Bias)))
            {
                continue;
            }

            bool attention = rule.Bias!(config with { AttentionBias = true });
            problems.Add(Errors.BiasNotInConfig(file, attention ? "attention_bias" : "mlp_bias"));
            config = attention ? config with { AttentionBias = true } : config with { FeedForwardBias = true };
        }

        return config;
    }

    // Tied means one matrix, whichever of the two names it bears; a second, different matrix is a head of its own whatever the configuration says.
    private ModelConfig WithHeadOf(ModelConfig config, Dictionary<string, Tensor> byName)
    {
        if (!config.TiedEmbeddings)
        {
            return config;
        }

        string embedding = family.NameOf(new TensorRole(RoleKind.TokenEmbedding));
        string head = family.NameOf(new TensorRole(RoleKind.Output));
        if (!byName.TryGetValue(head, out Tensor? output))
        {
            return config;
        }

        if (!byName.TryGetValue(embedding, out Tensor? embedded))
        {
            byName.Remove(head);
            byName.Add(embedding, Renamed.Of(output, embedding));
            return config;
        }

        if (TensorComparison.AreEqual(embedded, output))
        {
            byName.Remove(head);
            return config;
        }

        problems.Add(Errors.HeadTiedTwice(file, head));
        return config with { TiedEmbeddings = false };
    }
}

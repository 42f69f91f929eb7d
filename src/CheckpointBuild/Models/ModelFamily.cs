using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json.Nodes;

namespace CheckpointBuild.Models;

/// <summary>An architecture, as <c>architectures[0]</c> of a Hugging Face configuration names it: how its configuration reads, which tensors it has and what they are called.
/// Declarative: a family is one file and one line in <see cref="All"/>.</summary>
public abstract partial class ModelFamily
{
    /// <summary>The class name that <c>architectures</c> holds: <c>LlamaForCausalLM</c>.</summary>
    public abstract string Architecture { get; }

    /// <summary>What <c>model_type</c> holds: <c>llama</c>.</summary>
    public abstract string ModelType { get; }

    /// <summary>What llama.cpp calls the architecture, or null where it has none.</summary>
    public virtual string? GgufArchitecture => null;

    /// <summary>Whether llama.cpp's kernels rotate neighbouring pairs, so that query and key rows (half-split here) are interleaved in a GGUF file.</summary>
    public virtual bool GgufInterleavesRotary => false;

    /// <summary>What Hugging Face calls each tensor.</summary>
    public abstract ImmutableArray<NameRule> Names { get; }

    /// <summary>Reads a Hugging Face configuration.</summary>
    /// <param name="json">The file's root, of either style (<c>rope_parameters</c> and <c>dtype</c>, or <c>rope_theta</c>, <c>rope_scaling</c> and <c>torch_dtype</c>).</param>
    /// <returns>The configuration.</returns>
    /// <exception cref="Diagnostics.CheckpointException">2xxx when a field is missing or has a value that the family cannot mean.</exception>
    public abstract ModelConfig ReadConfig(ConfigReader json);

    /// <summary>Writes a Hugging Face configuration, in today's style.</summary>
    /// <param name="config">The configuration.</param>
    /// <returns>The file's root.</returns>
    public abstract JsonObject WriteConfig(ModelConfig config);

    /// <summary>Whether a tensor of this name is no weight but a buffer that follows from the configuration, and is left out without a word.</summary>
    /// <param name="name">A name that no rule gives.</param>
    /// <returns>True when it is to be ignored.</returns>
    public virtual bool Ignores(string name) => name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal);

    /// <summary>Every tensor that a model of a configuration has.</summary>
    /// <param name="config">The configuration.</param>
    /// <returns>In the order of <see cref="Names"/>, layer by layer.</returns>
    public IEnumerable<TensorSpec> TensorsOf(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        foreach (NameRule rule in Names)
        {
            foreach (int layer in rule.IsInLayer ? Enumerable.Range(0, config.LayerCount) : [TensorRole.NoLayer])
            {
                var role = new TensorRole(rule.Kind, layer);
                if (rule.Kind == RoleKind.Output && config.TiedEmbeddings)
                {
                    continue;
                }

                yield return new TensorSpec(role, rule.NameOf(role), role.ShapeIn(config));
                if (rule.Bias?.Invoke(config) == true)
                {
                    yield return new TensorSpec(role.Bias, rule.NameOf(role.Bias), role.Bias.ShapeIn(config));
                }
            }
        }
    }

    /// <summary>What Hugging Face calls the tensor of a role.</summary>
    /// <param name="role">A role of the family.</param>
    /// <returns>The name.</returns>
    public string NameOf(TensorRole role) => Names.First(r => r.Kind == role.Kind).NameOf(role);
}

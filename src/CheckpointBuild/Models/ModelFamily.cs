using System;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CheckpointBuild.Models;

/// <summary>An architecture, as <c>architectures[0]</c> of a Hugging Face configuration names it: how its configuration reads, which tensors it has and what they are called.
/// Declarative: a family is one file and one line in <see cref="All"/>.</summary>
public abstract partial class ModelFamily
{
    private TensorNaming? _naming;

    /// <summary>The class name that <c>architectures</c> holds: <c>LlamaForCausalLM</c>.</summary>
    public abstract string Architecture { get; }

    /// <summary>Further class names that mean the same: those of code that came before the library's own.</summary>
    public virtual ImmutableArray<string> OtherArchitectures => [];

    /// <summary>What <c>model_type</c> holds: <c>llama</c>.</summary>
    public abstract string ModelType { get; }

    /// <summary>What llama.cpp calls the architecture, or null where it has none.</summary>
    public virtual string? GgufArchitecture => null;

    /// <summary>What Hugging Face calls each tensor, and which roles lie in it.</summary>
    public abstract ImmutableArray<NameRule> Names { get; }

    /// <summary>What stands before every name in today's files and did not in older ones; empty = nothing.</summary>
    public virtual string NamePrefix => "";

    /// <summary>What the configuration calls what all have, and its defaults.</summary>
    public abstract ConfigFields Fields { get; }

    /// <summary>The names as a map that reads both ways.</summary>
    public TensorNaming Naming => _naming ??= new TensorNaming(Names);

    /// <summary>Reads a Hugging Face configuration.</summary>
    /// <param name="json">The file's root, of either style (<c>rope_parameters</c> and <c>dtype</c>, or <c>rope_theta</c>, <c>rope_scaling</c> and <c>torch_dtype</c>).</param>
    /// <returns>The configuration.</returns>
    /// <exception cref="Diagnostics.CheckpointException">2xxx when a field is missing or has a value that the family cannot mean.</exception>
    public ModelConfig ReadConfig(ConfigReader json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return Derive(Read(json, json.Common(Fields))).Validated(json.File);
    }

    /// <summary>Adds what the family fixes, and the library's defaults of what its configuration may state, to what a source without such a configuration says.</summary>
    /// <param name="common">What all configurations have.</param>
    /// <returns>A configuration that the source's other numbers are to be put into.</returns>
    public ModelConfig Complete(ModelConfig common) => Read(new ConfigReader("", JsonElement.Parse("{}")), common);

    /// <summary>Computes numbers that follow from others, after all that a source states was put into a configuration.</summary>
    /// <param name="config">The configuration.</param>
    /// <returns>The same with the numbers.</returns>
    public virtual ModelConfig Derive(ModelConfig config) => config;

    /// <summary>Writes a Hugging Face configuration, in today's style.</summary>
    /// <param name="config">The configuration.</param>
    /// <returns>The file's root.</returns>
    public JsonObject WriteConfig(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        ConfigWriter json = new ConfigWriter(this, config).Common(Fields);
        Write(json, config);
        return json.Sorted();
    }

    /// <summary>Whether a tensor of this name is no weight but a buffer that follows from the configuration, and is left out without a word.</summary>
    /// <param name="name">A name that no rule gives.</param>
    /// <returns>True when it is to be ignored.</returns>
    public virtual bool Ignores(string name) => name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal);

    /// <summary>Adds what makes the family special.</summary>
    /// <param name="json">The configuration; every field beyond the common ones may be absent and then has the library's default.</param>
    /// <param name="common">What all configurations have.</param>
    /// <returns>The whole configuration.</returns>
    protected abstract ModelConfig Read(ConfigReader json, ModelConfig common);

    /// <summary>Writes the fields that are not common.</summary>
    /// <param name="json">Receives them.</param>
    /// <param name="config">The configuration.</param>
    protected virtual void Write(ConfigWriter json, ModelConfig config)
    {
    }
}

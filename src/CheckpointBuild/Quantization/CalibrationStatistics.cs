using System;
using System.Collections.Generic;

namespace CheckpointBuild.Quantization;

/// <summary>How large activations become: of each module that multiplies by a matrix, the largest magnitudes of each input and each output over a text.</summary>
public sealed class CalibrationStatistics
{
    private readonly Dictionary<string, ModuleStatistics> _modules;

    /// <summary>Makes statistics.</summary>
    /// <param name="name">Where they come from, for messages.</param>
    /// <param name="modules">By the modules' names in Hugging Face's files: <c>model.layers.0.self_attn.q_proj</c>.</param>
    public CalibrationStatistics(string name, IEnumerable<KeyValuePair<string, ModuleStatistics>> modules)
    {
        Name = name;
        _modules = new Dictionary<string, ModuleStatistics>(modules, StringComparer.Ordinal);
    }

    /// <summary>Where they come from.</summary>
    public string Name { get; }

    /// <summary>The modules' names.</summary>
    public IReadOnlyCollection<string> Modules => _modules.Keys;

    /// <summary>All of them by the modules' names.</summary>
    internal IEnumerable<KeyValuePair<string, ModuleStatistics>> All => _modules;

    /// <summary>The statistics of a module.</summary>
    /// <param name="module">Its name.</param>
    /// <param name="inputs">How many inputs it has.</param>
    /// <param name="outputs">How many outputs it has.</param>
    /// <returns>The statistics.</returns>
    /// <exception cref="Diagnostics.CheckpointException">CKPT3211 when there are none, or of another size.</exception>
    public ModuleStatistics Of(string module, long inputs, long outputs) => _modules.TryGetValue(module, out ModuleStatistics? found) && found.Inputs.Length == inputs && found.Outputs.Length == outputs
        ? found
        : throw Diagnostics.Errors.StatisticsMissing(Name, module, inputs, outputs, found?.Inputs.Length, found?.Outputs.Length);
}

using System;
using System.Collections.Generic;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.Adapters;

/// <summary>The tensors of an adapter's file, sorted by module and part.</summary>
/// <param name="path">The file, for messages.</param>
internal sealed class AdapterParts(string path)
{
    private readonly Dictionary<string, Dictionary<string, Tensor>> _modules = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];

    /// <summary>The modules in the order in which the file first names them.</summary>
    public IReadOnlyList<string> Modules => _order;

    /// <summary>Adds a tensor.</summary>
    /// <param name="module">Whose it is.</param>
    /// <param name="part">Which part: <c>A</c>, <c>B</c>, <c>magnitude</c>, <c>bias</c>.</param>
    /// <param name="tensor">The tensor.</param>
    public void Add(string module, string part, Tensor tensor)
    {
        if (!tensor.DType.IsFloatingPoint)
        {
            throw Errors.AdapterDType(path, tensor.Name, tensor.DType.LongName);
        }

        if (!_modules.TryGetValue(module, out Dictionary<string, Tensor>? parts))
        {
            _modules.Add(module, parts = new Dictionary<string, Tensor>(StringComparer.Ordinal));
            _order.Add(module);
        }

        if (!parts.TryAdd(part, tensor))
        {
            throw Errors.DuplicateTensor(path, tensor.Name);
        }
    }

    /// <summary>A part that a module may have.</summary>
    /// <param name="module">The module.</param>
    /// <param name="part">The part.</param>
    /// <returns>The tensor, or null.</returns>
    public Tensor? Find(string module, string part) => _modules[module].GetValueOrDefault(part);

    /// <summary>A factor that a module must have.</summary>
    /// <param name="module">The module.</param>
    /// <param name="parts">What the factor may be called.</param>
    /// <returns>A matrix.</returns>
    /// <exception cref="CheckpointException">CKPT2263 when it is missing, CKPT2265 when it is no matrix.</exception>
    public Tensor Factor(string module, params ReadOnlySpan<string> parts)
    {
        foreach (string part in parts)
        {
            if (Find(module, part) is { } tensor)
            {
                return tensor.Shape.Rank == 2 && tensor.Rows > 0 && tensor.Shape.Columns > 0 ? tensor : throw Errors.AdapterShape(path, tensor.Name, tensor.Shape.ToString(), "a matrix");
            }
        }

        throw Errors.AdapterIncomplete(path, module, parts[0]);
    }
}

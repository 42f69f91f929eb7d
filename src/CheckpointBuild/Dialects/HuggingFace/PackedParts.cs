using System;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.HuggingFace;

/// <summary>Finds the parts of quantized matrices and checks that they fit each other.</summary>
/// <param name="file">Where they come from, for messages.</param>
/// <param name="tensors">Every tensor.</param>
internal sealed class PackedParts(string file, IReadOnlyList<Tensor> tensors)
{
    private readonly Dictionary<string, Tensor> _byName = tensors.GroupBy(t => t.Name, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <summary>Whether a tensor went into a matrix.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>True when it did.</returns>
    public bool IsTaken(string name) => _taken.Contains(name);

    /// <summary>A matrix of words, zero points and scales.</summary>
    /// <param name="words">Its words.</param>
    /// <param name="form">How it is packed.</param>
    /// <returns>The matrix.</returns>
    public Tensor Packed(Tensor words, PackedForm form)
    {
        string module = words.Name[..words.Name.LastIndexOf('.')];
        Tensor zeros = Take(module, "qzeros"), scales = Take(module, "scales");
        _taken.Add(words.Name);
        _taken.Add(module + ".g_idx");
        (long first, long second) = words.Shape.Rank == 2 ? (words.Shape.Rows, words.Shape.Columns) : throw Wrong(words, "two dimensions");
        (long inputs, long outputs) = form.Order == PackedOrder.AlongInputs ? (checked(first * form.PerWord), second) : (first, checked(second * form.PerWord));
        int size = form.GroupSize > 0 && form.GroupSize <= inputs ? form.GroupSize : checked((int)inputs);
        long groups = (inputs + size - 1) / size;
        bool fits = words.DType.Name == "I32" && zeros.DType.Name == "I32" && outputs % form.PerWord == 0
            && scales.Shape == new Shape(groups, outputs) && zeros.Shape == new Shape(groups, outputs / form.PerWord);
        return fits
            ? new PackedMatrix(module + ".weight", words, zeros, Converted.Of(scales, DType.F16), form with { GroupSize = size }, outputs, inputs)
            : throw Wrong(words, $"scales {new Shape(groups, outputs)} and zero points {new Shape(groups, outputs / form.PerWord)} for groups of {size}");
    }

    /// <summary>A matrix of eight-bit floats with its scale.</summary>
    /// <param name="codes">The floats.</param>
    /// <returns>The matrix, or null where there is no scale of a known form.</returns>
    public Tensor? Float8(Tensor codes)
    {
        if (!codes.Name.EndsWith(".weight", StringComparison.Ordinal) || _byName.GetValueOrDefault(codes.Name + "_scale") is not { } scale || (scale.Shape.ElementCount != 1 && scale.Shape.ElementCount != codes.Rows) || !scale.DType.HasValues)
        {
            return null;
        }

        string module = codes.Name[..codes.Name.LastIndexOf('.')];
        Tensor? input = _byName.GetValueOrDefault(module + ".input_scale");
        Tensor? cache = _byName.GetValueOrDefault(module + ".k_scale") ?? _byName.GetValueOrDefault(module + ".v_scale");
        foreach (string name in new[] { codes.Name, scale.Name, input?.Name, cache?.Name }.OfType<string>())
        {
            _taken.Add(name);
        }

        return new ScaledFloat8(codes.Name, codes, scale, input, cache);
    }

    private Tensor Take(string module, string part)
    {
        string name = $"{module}.{part}";
        _taken.Add(name);
        return _byName.GetValueOrDefault(name) ?? throw Errors.TensorMissing(file, name, "of a packed matrix");
    }

    private CheckpointException Wrong(Tensor words, string needed) => Errors.PackedPartsWrong(file, words.Name, words.Shape.ToString(), needed);
}

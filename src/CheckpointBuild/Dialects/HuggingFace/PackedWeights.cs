using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.HuggingFace;

/// <summary>Matrices that other tools quantized (GPTQ, AWQ, FP8 with one scale or one a row), put together out of their parts. The tensors say which are; the settings say how.</summary>
internal static class PackedWeights
{
    private const string Words = ".qweight";
    private const string SideFile = "quantize_config.json";

    /// <summary>Puts matrices together.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="tensors">What its files hold.</param>
    /// <returns>The same with each quantized matrix as one tensor; as it was where there is none.</returns>
    /// <exception cref="CheckpointException">CKPT1090 when parts do not fit each other, CKPT1091 when settings are missing, CKPT3215 for an order of columns that is not carried.</exception>
    public static IReadOnlyList<Tensor> PutTogether(CheckpointDirectory directory, IReadOnlyList<Tensor> tensors)
    {
        bool isPacked = tensors.Any(t => t.Name.EndsWith(Words, StringComparison.Ordinal));
        if (!isPacked && !tensors.Any(t => t.DType == DType.F8E4M3))
        {
            return tensors;
        }

        var parts = new PackedParts(directory.Path, tensors);
        PackedForm? form = isPacked ? FormOf(directory) : null;
        var whole = new List<Tensor>();
        foreach (Tensor tensor in tensors)
        {
            if (tensor.Name.EndsWith(Words, StringComparison.Ordinal))
            {
                whole.Add(parts.Packed(tensor, form!));
            }
            else if (tensor.DType == DType.F8E4M3 && parts.Float8(tensor) is { } scaled)
            {
                whole.Add(scaled);
            }
        }

        return [.. tensors.Where(t => !parts.IsTaken(t.Name)), .. whole];
    }

    private static PackedForm FormOf(CheckpointDirectory directory)
    {
        string path = directory.PathOf(ConfigFile.Name);
        JsonElement root = JsonFile.Parse(path, directory.ReadAll(ConfigFile.Name));
        if (root.TryGetProperty("quantization_config", out JsonElement settings) && settings.ValueKind == JsonValueKind.Object)
        {
            return FormOf(new ConfigReader(path, settings));
        }

        // Older tools keep the settings in a file of their own.
        path = directory.PathOf(SideFile);
        return System.IO.File.Exists(path) ? FormOf(new ConfigReader(path, JsonFile.Parse(path, directory.ReadAll(SideFile)))) : throw Errors.PackedWithoutSettings(directory.Path, SideFile);
    }

    private static PackedForm FormOf(ConfigReader settings)
    {
        string method = settings.OptionalText("quant_method") ?? "gptq";
        int bits = settings.OptionalCount("bits|w_bit") ?? 4;
        if (method is not ("gptq" or "awq") || bits is not (4 or 8))
        {
            throw Errors.QuantizedOtherwise(settings.File, $"{method} of {bits} bits");
        }

        if (settings.OptionalFlag("desc_act") == true)
        {
            throw Errors.ActOrder(settings.File);
        }

        bool isNewer = method == "awq" || settings.OptionalText("checkpoint_format") == "gptq_v2";
        bool isSymmetric = method == "gptq" && settings.OptionalFlag("sym") == true;

        // AutoGPTQ's word for one group a column of the matrix, whatever its inputs.
        int group = settings.OptionalNumber("group_size|q_group_size") == -1 ? 0 : settings.OptionalCount("group_size|q_group_size") ?? 128;
        return new PackedForm(method == "awq" ? PackedOrder.AlongOutputs : PackedOrder.AlongInputs, bits, group, isNewer ? 0 : 1, isSymmetric);
    }
}

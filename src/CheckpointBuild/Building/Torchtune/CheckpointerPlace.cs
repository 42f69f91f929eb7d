using System.Collections.Generic;
using System.Globalization;
using CheckpointBuild.Dialects;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Building.Torchtune;

/// <summary>The names that one epoch's files get.</summary>
/// <param name="Options">How the output is arranged.</param>
/// <param name="Epoch">From 0.</param>
internal sealed record CheckpointerPlace(CheckpointerOptions Options, int Epoch)
{
    /// <summary>Whether names end in the epoch.</summary>
    public bool IsClassic => Options.Layout == TorchtuneLayout.Classic;

    /// <summary>The folder, with '/' at its end; empty where the epoch stands in the names.</summary>
    public string Folder => IsClassic ? "" : string.Create(CultureInfo.InvariantCulture, $"epoch_{Epoch}/");

    /// <summary>The adapter's file.</summary>
    public string Adapter => IsClassic ? string.Create(CultureInfo.InvariantCulture, $"adapter_{Epoch}.pt") : Folder + "adapter_model.pt";

    /// <summary>The file of a whole model.</summary>
    public string Single => !IsClassic ? Folder + "model-00001-of-00001.bin"
        : string.Create(CultureInfo.InvariantCulture, $"{(Options.Kind == CheckpointerKind.Meta ? "meta_model" : "torchtune_model")}_{Epoch}.pt");

    /// <summary>The file of one part of a model of Hugging Face's.</summary>
    /// <param name="index">Its number from 1.</param>
    /// <param name="count">How many there are.</param>
    /// <returns>Its name.</returns>
    public string Part(int index, int count) => IsClassic
        ? string.Create(CultureInfo.InvariantCulture, $"hf_model_{index:D4}_{Epoch}.pt")
        : string.Create(CultureInfo.InvariantCulture, $"{Folder}model-{index:D5}-of-{count:D5}{Ending}");

    /// <summary>The file that says in which part each tensor lies.</summary>
    public string Index => Folder + (Options.SafeSerialization ? "model.safetensors.index.json" : "pytorch_model.bin.index.json");

    /// <summary>The adapter's weights in PEFT's form.</summary>
    public string PeftWeights => $"{Folder}adapter_model{Ending}";

    /// <summary>Lays out tensors as the choices say.</summary>
    /// <param name="path">Where.</param>
    /// <param name="tensors">The tensors.</param>
    /// <returns>The file.</returns>
    public FilePlan Weights(string path, IEnumerable<Tensor> tensors) => IsClassic || !Options.SafeSerialization
        ? Format.PyTorch.Plan(path, new TensorFile(new TensorTable(tensors), new Metadata()))
        : Format.Safetensors.Plan(path, new TensorFile(new TensorTable(tensors), new Metadata().Add("format", "pt")));

    private string Ending => Options.SafeSerialization ? ".safetensors" : ".bin";
}

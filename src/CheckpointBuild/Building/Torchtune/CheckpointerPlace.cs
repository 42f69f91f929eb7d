using System.Globalization;
using CheckpointBuild.Dialects;

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
        : string.Create(CultureInfo.InvariantCulture, $"{Folder}model-{index:D5}-of-{count:D5}.safetensors");
}

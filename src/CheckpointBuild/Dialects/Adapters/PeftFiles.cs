using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Models.Adapters;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.Adapters;

/// <summary>Writes adapters in PEFT's form: as they are where they came in it, else in its names and order of rows.</summary>
internal static class PeftFiles
{
    /// <summary>Lays out <c>adapter_config.json</c> and the weights file.</summary>
    /// <param name="checkpoint">The base.</param>
    /// <param name="adapter">The adapter.</param>
    /// <param name="folder">Where they go, ended by '/'.</param>
    /// <returns>The files.</returns>
    /// <exception cref="Diagnostics.CheckpointException">CKPT2012 when PEFT's names have no place for a change: a projection that Hugging Face's files fuse with others.</exception>
    public static IEnumerable<FilePlan> Plan(Checkpoint checkpoint, Adapter adapter, string folder)
    {
        if (!adapter.PeftFiles.IsEmpty)
        {
            return adapter.PeftFiles.Select(file => FilePlan.CopyOf(folder + file.Name, file.Open()));
        }

        LowRankPair[] pairs = [.. AdapterTranslation.Of(checkpoint, adapter, [checkpoint.Family.Naming], "a PEFT adapter")];
        var file = new TensorFile(new TensorTable(pairs.SelectMany(Tensors)), new Metadata().Add("format", "pt"));
        return [FilePlan.Of(folder + PeftSettings.FileName, HuggingFace.ConfigFile.Text(Settings(checkpoint, adapter, pairs))), Format.Safetensors.Plan(folder + "adapter_model.safetensors", file)];
    }

    private static IEnumerable<Tensor> Tensors(LowRankPair pair)
    {
        yield return Renamed.Of(pair.A, $"{PeftAdapter.Prefix}{pair.Module}.lora_A.weight");
        yield return Renamed.Of(pair.B, $"{PeftAdapter.Prefix}{pair.Module}.lora_B.weight");
        if (pair.Magnitude is { } lengths)
        {
            yield return Renamed.Of(lengths, $"{PeftAdapter.Prefix}{pair.Module}.lora_magnitude_vector");
        }
    }

    // The settings as they were, with the modules as PEFT names them.
    private static JsonObject Settings(Checkpoint checkpoint, Adapter adapter, LowRankPair[] pairs)
    {
        JsonObject settings = adapter.Settings.DeepClone().AsObject();
        settings["peft_type"] = "LORA";
        settings["r"] = pairs[0].A.Rows;
        settings["lora_alpha"] = pairs[0].Alpha;
        settings["target_modules"] = new JsonArray([.. TargetsOf([checkpoint.Family.Naming], checkpoint.Config, pairs).Select(m => (JsonNode?)m)]);
        settings["use_dora"] = pairs.Any(p => p.Magnitude is not null);
        foreach (string narrowing in PeftTargets.Narrowing)
        {
            settings.Remove(narrowing);
        }

        return settings;
    }

    // The end of a name asks for the modules of all layers; where only some have factors, they are named whole.
    internal static IEnumerable<string> TargetsOf(IEnumerable<TensorNaming> namings, ModelConfig config, LowRankPair[] pairs)
    {
        ILookup<string, string> modules = namings.SelectMany(n => n.TensorsOf(config)).Where(t => t.Shape.Rank > 1).Select(t => t.Name[..t.Name.LastIndexOf('.')]).Distinct().ToLookup(EndOf);
        return pairs.GroupBy(p => EndOf(p.Module)).SelectMany(end => modules[end.Key].Count() > end.Count() ? end.Select(p => p.Module) : [end.Key]);

        static string EndOf(string module) => module[(module.LastIndexOf('.') + 1)..];
    }
}

using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using CheckpointBuild.Dialects.Torchtune;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Models.Adapters;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.Adapters;

/// <summary>Writes adapters as torchtune resumes from them: <c>adapter_model.pt</c> in its names and its order of rows, and the configuration with rank and alpha.</summary>
internal static class TorchtuneFiles
{
    private static readonly string[] ScaledOtherwise = ["use_rslora", "rank_pattern", "alpha_pattern"];

    /// <summary>Lays out both files.</summary>
    /// <param name="checkpoint">The base.</param>
    /// <param name="adapter">The adapter, which fits the base.</param>
    /// <param name="folder">Where they go, ended by '/'.</param>
    /// <returns>The files.</returns>
    /// <exception cref="Diagnostics.CheckpointException">CKPT2012 when torchtune has no form for a part of the adapter, such as ranks that differ from module to module.</exception>
    public static IEnumerable<FilePlan> Plan(Checkpoint checkpoint, Adapter adapter, string folder)
    {
        const string Target = "a torchtune adapter";
        LowRankPair[] pairs = [.. AdapterTranslation.Of(checkpoint, adapter, TorchtuneNames.AllOf(checkpoint.Family), Target)];
        if (pairs.Select(p => (p.A.Rows, p.Alpha, p.Divisor)).Distinct().Count() > 1)
        {
            throw Diagnostics.Errors.CannotRun($"{adapter.Name}: ranks or scales that differ from module to module", Target, "Merge it into the weights instead.");
        }

        JsonObject settings = adapter.Settings.DeepClone().AsObject();
        settings["target_modules"] = new JsonArray([.. PeftFiles.TargetsOf(TorchtuneNames.AllOf(checkpoint.Family), checkpoint.Config, pairs).Select(m => (JsonNode?)m)]);
        settings["r"] = pairs[0].A.Rows;

        // torchtune divides by the rank alone: what was divided by its root (rsLoRA) gets an alpha that gives the same scale.
        settings["lora_alpha"] = pairs[0].Divisor == pairs[0].A.Rows ? pairs[0].Alpha : pairs[0].Alpha * pairs[0].A.Rows / pairs[0].Divisor;
        foreach (string stated in (IEnumerable<string>)[.. ScaledOtherwise, .. PeftTargets.Narrowing])
        {
            settings.Remove(stated);
        }

        return
        [
            FilePlan.Of(folder + PeftSettings.FileName, HuggingFace.ConfigFile.Text(settings)),
            Format.PyTorch.Plan(folder + "adapter_model.pt", new TensorFile(new TensorTable(pairs.SelectMany(Tensors)), new Metadata())),
        ];
    }

    private static IEnumerable<Tensor> Tensors(LowRankPair pair)
    {
        yield return Renamed.Of(pair.A, pair.Module + TorchtuneAdapter.FactorA);
        yield return Renamed.Of(pair.B, pair.Module + TorchtuneAdapter.FactorB);
        if (pair.Magnitude is { } lengths)
        {
            yield return Renamed.Of(lengths, pair.Module + TorchtuneAdapter.Magnitude);
        }
    }
}

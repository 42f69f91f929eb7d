using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects;

/// <summary>Finds the roles in every named tensor of a family: each role has exactly one tensor, nothing is dropped silently, and where the weights contradict the configuration the weights count.</summary>
/// <param name="family">The architecture.</param>
/// <param name="naming">How the tensors are named and arranged.</param>
/// <param name="file">Where they come from, for messages.</param>
/// <param name="problems">Receives what was noticed.</param>
internal sealed class RoleMapper(ModelFamily family, TensorNaming naming, string file, ImmutableArray<Diagnostic>.Builder problems)
{
    // What the parts of models are called that turn pictures or sound into embeddings, with or without the whole model's own prefix.
    private static readonly string[] Towers = ["vision_tower.", "vision_model.", "visual.", "multi_modal_projector.", "mm_projector.", "audio_tower.", "vision_embed_tokens.", "embed_vision.", "embed_audio."];

    private string? _copyOfEmbedding;

    /// <summary>What is put before every name where no name begins so; empty = nothing.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>After mapping: how many roles stand before a copy of the tied head that the source holds; null where it holds none.</summary>
    public int? TiedHeadPlace { get; private set; }

    /// <summary>What happens to tensors that the configuration does not expect so.</summary>
    public SourceTolerance Tolerance { get; init; }

    /// <summary>Maps tensors to roles.</summary>
    /// <param name="config">The configuration as stated.</param>
    /// <param name="tensors">The named tensors, in order.</param>
    /// <returns>The configuration as the weights have it, and the tensors by role in the same order.</returns>
    public (ModelConfig Config, RoleTable Tensors) Map(ModelConfig config, IReadOnlyList<Tensor> tensors)
    {
        RefuseTowers(tensors);
        tensors = WithPrefix(WrapperNames.Remove(tensors, file, problems));
        Dictionary<string, Tensor> byName = new(StringComparer.Ordinal);
        foreach (Tensor tensor in tensors)
        {
            if (!byName.TryAdd(tensor.Name, tensor))
            {
                throw Errors.DuplicateTensor(file, tensor.Name);
            }
        }

        config = WithBiasesOf(config, byName);
        config = WithHeadOf(config, byName);

        var expected = new Dictionary<string, StoredTensor>(StringComparer.Ordinal);
        foreach (StoredTensor stored in naming.TensorsOf(config))
        {
            Tensor tensor = byName.GetValueOrDefault(stored.Name) ?? throw Errors.TensorMissing(file, stored.Name, stored.Shape.ToString());
            if (tensor.Shape != stored.Shape)
            {
                byName[stored.Name] = FilledUp(tensor, stored);
            }

            expected.Add(stored.Name, stored);
        }

        TiedHeadPlace = _copyOfEmbedding is { } copy
            ? tensors.TakeWhile(t => t.Name != copy).Sum(t => expected.TryGetValue(t.Name, out StoredTensor? before) ? before.Roles.Length : 0)
            : null;
        List<string> left = [.. byName.Keys.Where(name => !expected.ContainsKey(name) && family.LeavesOut(name, config))];
        if (left.Count > 0)
        {
            problems.Add(Errors.TensorsLeftOut(file, left.Count, left[0]));
        }

        Tensor[] frequencies = [.. byName.Values.Where(t => !expected.ContainsKey(t.Name) && family.Ignores(t.Name) && RotaryBuffer.IsOne(t) && !RotaryBuffer.Follows(config, t))];
        if (frequencies.Length > 0)
        {
            problems.Add(Errors.FrequenciesLeftOut(file, frequencies.Length, frequencies[0].Name));
        }

        List<string> unknown = [.. byName.Keys.Where(name => !expected.ContainsKey(name) && !family.Ignores(name) && !family.LeavesOut(name, config))];
        if (unknown.Count > 0 && unknown.TrueForAll(name => IsBiasOfZeros(byName[name])))
        {
            problems.Add(Errors.ZeroBiasesLeftOut(file, unknown.Count, unknown[0]));
            unknown = [];
        }

        if (unknown.Count > 0 && Tolerance == SourceTolerance.Reference)
        {
            problems.Add(Errors.TensorsIgnored(file, unknown.Count, unknown[0]));
            unknown = [];
        }

        return unknown.Count == 0
            ? (config, new RoleTable(byName.Values.Where(t => expected.ContainsKey(t.Name)).SelectMany(t => expected[t.Name].Split(t))))
            : throw Errors.TensorUnknown(file, unknown, family.Architecture);
    }

    // Said before the text model's own names are looked for, which such files put behind a prefix: the message would be of a tensor that is not missing.
    private void RefuseTowers(IReadOnlyList<Tensor> tensors)
    {
        string[] beside = [.. tensors.Select(t => t.Name).Where(name => Array.Exists(Towers, tower => name.StartsWith(tower, StringComparison.Ordinal) || name.StartsWith("model." + tower, StringComparison.Ordinal)))];
        if (beside.Length > 0)
        {
            throw Errors.TowerBeside(file, beside.Length, beside[0]);
        }
    }

    // Quantizers add such biases to layers that have none.
    private static bool IsBiasOfZeros(Tensor tensor)
    {
        if (tensor.Shape.Rank != 1 || !tensor.DType.HasValues || !tensor.Name.EndsWith(".bias", StringComparison.Ordinal))
        {
            return false;
        }

        using var workspace = new Workspace();
        using Band band = tensor.ReadBand(new RowRange(0, 1), workspace);
        return !band.Codes.ContainsAnyExcept((byte)0);
    }

    private Tensor FilledUp(Tensor tensor, StoredTensor stored)
    {
        if (Tolerance == SourceTolerance.Strict || tensor.Shape.Rank != 2 || stored.Shape.Rank != 2 || tensor.Rows > stored.Shape.Rows || tensor.Shape.Columns > stored.Shape.Columns)
        {
            throw Errors.TensorShape(file, stored.Name, tensor.Shape.ToString(), stored.Shape.ToString());
        }

        problems.Add(Errors.TensorFilledUp(file, stored.Name, tensor.Shape.ToString(), stored.Shape.ToString()));
        return Padded.Of(tensor, stored.Shape.Rows, stored.Shape.Columns);
    }

    // Files from before the head had a class of its own name the inner model's tensors alone.
    private IReadOnlyList<Tensor> WithPrefix(IReadOnlyList<Tensor> tensors) =>
        Prefix.Length == 0 || tensors.Any(t => t.Name.StartsWith(Prefix, StringComparison.Ordinal)) ? tensors : [.. tensors.Select(t => Renamed.Of(t, Prefix + t.Name))];

    // A site where the configuration knows no biases and the weights have some.
    private ModelConfig WithBiasesOf(ModelConfig config, Dictionary<string, Tensor> byName)
    {
        foreach (BiasField field in family.Fields.BiasFields)
        {
            BiasSites before = config.Biases;
            foreach (BiasSites site in Enum.GetValues<BiasSites>().Where(s => s != BiasSites.None && field.Sites.HasFlag(s) && !before.HasFlag(s)))
            {
                ModelConfig biased = config with { Biases = config.Biases | site };
                config = FirstLayerOf(biased).Any(t => byName.ContainsKey(t.Name) && !config.Has(t.Roles[0])) ? biased : config;
            }

            if (config.Biases != before)
            {
                problems.Add(Errors.BiasNotInConfig(file, field.Name));
            }
        }

        return config;
    }

    // Tied means one matrix, whichever of the two names it bears; a second, different matrix is a head of its own whatever the configuration says.
    private ModelConfig WithHeadOf(ModelConfig config, Dictionary<string, Tensor> byName)
    {
        if (!config.TiedEmbeddings)
        {
            return config;
        }

        string embedding = NameOf(RoleKind.TokenEmbedding, config)!;
        if (NameOf(RoleKind.Output, config with { TiedEmbeddings = false }) is not { } head || !byName.TryGetValue(head, out Tensor? output))
        {
            return config;
        }

        if (!byName.TryGetValue(embedding, out Tensor? embedded))
        {
            byName.Remove(head);
            byName.Add(embedding, Renamed.Of(output, embedding));
            return config;
        }

        if (TensorComparison.AreEqual(embedded, output))
        {
            byName.Remove(head);
            _copyOfEmbedding = head;
            return config;
        }

        problems.Add(Errors.HeadTiedTwice(file, head));
        return config with { TiedEmbeddings = false };
    }

    private string? NameOf(RoleKind kind, ModelConfig config) => FirstLayerOf(config).FirstOrDefault(t => t.Roles[0].Kind == kind)?.Name;

    // Enough to see what a model has, however many layers a file claims.
    private IEnumerable<StoredTensor> FirstLayerOf(ModelConfig config) => naming.TensorsOf(config with { LayerCount = 1 });
}

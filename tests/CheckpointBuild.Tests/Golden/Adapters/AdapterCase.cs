using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Tests.Readers;
using Xunit;

namespace CheckpointBuild.Tests.Golden.Adapters;

/// <summary>A base, an adapter, and what PEFT makes of both: per variant of dtypes every tensor of the merged model.</summary>
internal sealed class AdapterCase
{
    private const string Index = "index.json";
    private const string Expected = ".expected.json";
    private const string Trained = "trained-";

    private readonly string _name;
    private readonly JsonElement _expected;

    private AdapterCase(string name)
    {
        _name = name;
        _expected = Topic.ReadJson(name + Expected);
    }

    /// <summary>The topic.</summary>
    public static GoldenTopic Topic { get; } = GoldenRoot.Topic("adapters");

    /// <summary>The folder of the base.</summary>
    public string Base => _name.StartsWith(Trained, StringComparison.Ordinal)
        ? GoldenRoot.Topic(_name[Trained.Length..]).Reach()
        : Topic.Reach("base/" + _expected.GetProperty("base").GetString());

    /// <summary>The folder of the adapter.</summary>
    public string Adapter => Topic.Reach(_name);

    /// <summary>Whether every variant's bytes must be PEFT's.</summary>
    public bool IsExact => _expected.GetProperty("exactBytes").GetBoolean();

    /// <summary>The token ids whose logits are known.</summary>
    public int[] Ids => [.. _expected.GetProperty("ids").EnumerateArray().Select(i => i.GetInt32())];

    /// <summary>The variants that PEFT could merge.</summary>
    public IEnumerable<AdapterVariant> Variants => _expected.GetProperty("merged").EnumerateObject().Where(v => !v.Value.TryGetProperty("error", out _)).Select(v => new AdapterVariant(v.Name, v.Value));

    /// <summary>The cases as rows of a theory.</summary>
    /// <returns>Names.</returns>
    public static TheoryData<string> Names() => Topic.Cases(topic => topic.PeekJson(Index).GetProperty("cases").EnumerateObject().Select(c => c.Name)
        .Concat(topic.Files(Trained + "*" + Expected).Select(f => f[..^Expected.Length]))
        .Where(name => IsThere(topic, name)));

    /// <summary>The damaged and foreign adapters as rows of a theory.</summary>
    /// <param name="section">The index's section, which is their folder too.</param>
    /// <returns>Names.</returns>
    public static TheoryData<string> Names(string section) => Topic.Cases(topic => topic.PeekJson(Index).TryGetProperty(section, out JsonElement cases)
        ? cases.EnumerateObject().Select(c => c.Name).Where(name => topic.Has($"{section}/{name}/adapter_config.json") || topic.Has($"{section}/{name}/adapter_model.safetensors"))
        : []);

    /// <summary>Opens a case.</summary>
    /// <param name="name">A row.</param>
    /// <returns>The case, or null when the row says that there is nothing to test.</returns>
    public static AdapterCase? Open(string name)
    {
        if (Topic.SaysAbsent(name))
        {
            return null;
        }

        Topic.Reach(Index);
        return name.StartsWith(Trained, StringComparison.Ordinal) && GoldenRoot.Topic(name[Trained.Length..]).SaysAbsent() ? null : new AdapterCase(name);
    }

    /// <summary>The tensors that are given in full, where bytes may differ.</summary>
    /// <param name="variant">The variant.</param>
    /// <returns>Name and tensor; empty where none is given.</returns>
    public IReadOnlyDictionary<string, SafetensorsTensor> InFull(string variant) => Full(variant + "/").ToDictionary(t => t.Name[(variant.Length + 1)..], StringComparer.Ordinal);

    /// <summary>The logits of a variant, for the ids of the case.</summary>
    /// <param name="variant">The variant.</param>
    /// <returns>[tokens, vocabulary], or null where none are given.</returns>
    public float[]? Logits(string variant) => Topic.Has(_name + ".logits.safetensors")
        ? SafetensorsReader.Read(Topic.Reach(_name + ".logits.safetensors")).FirstOrDefault(t => t.Name == variant)?.Decode()
        : Full("logits/" + variant).FirstOrDefault()?.Decode();

    private IEnumerable<SafetensorsTensor> Full(string prefix) => new[] { ".changed.safetensors", ".expected.safetensors" }
        .Where(ending => Topic.Has(_name + ending))
        .SelectMany(ending => SafetensorsReader.Read(Topic.Reach(_name + ending)))
        .Where(t => t.Name.StartsWith(prefix, StringComparison.Ordinal));

    // The lean copy holds some of the index's cases.
    private static bool IsThere(GoldenTopic topic, string name) => topic.Has(name + Expected);
}

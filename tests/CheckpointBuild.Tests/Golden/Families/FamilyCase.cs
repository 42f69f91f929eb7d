using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Dialects;
using CheckpointBuild.Models;
using CheckpointBuild.Runtime;
using CheckpointBuild.Tests.Infrastructure;

namespace CheckpointBuild.Tests.Golden.Families;

/// <summary>A tiny checkpoint of a family, with what the reference computes from it.</summary>
internal sealed class FamilyCase
{
    private const string Expected = "expected.json";
    private const string OlderConfig = "config.v4.json";
    private const string Config = "config.json";

    // Some layers of this one have no experts, for which llama.cpp's architecture has no place.
    private static readonly string[] WithoutGguf = ["qwen2-moe"];

    private static readonly GoldenTopic Topic = GoldenRoot.Topic("families");

    private readonly GoldenTopic _folder;
    private readonly JsonElement _expected;

    private FamilyCase(string name)
    {
        _folder = Topic.Topic(name);
        _expected = _folder.ReadJson(Expected);
    }

    /// <summary>The prompt.</summary>
    public int[] Prompt => Ids("prompt_ids");

    /// <summary>The greedy continuation.</summary>
    public int[] Greedy => Ids("greedy_ids");

    /// <summary>How many logits a row has.</summary>
    public int Vocabulary => _expected.GetProperty("logits_shape")[1].GetInt32();

    /// <summary>How far a logit may lie from the reference's; its README says so.</summary>
    public double Tolerance => _expected.GetProperty("model_type").GetString() is "deepseek_v2" or "gpt_oss" ? 2e-3 : 1e-3;

    /// <summary>The logits after each token of prompt and continuation.</summary>
    public float[] Logits => _folder.ReadFloats(_expected.GetProperty("logits_file").GetString()!);

    /// <summary>The first row that a pass over everything at once gives as the cached one does: where the cache was thrown away on the way, only what came after that.</summary>
    public int FirstComparableRow => _expected.GetProperty("cache").GetString()!.StartsWith("generate", StringComparison.Ordinal)
        ? _folder.ReadJson(Config).GetProperty("original_max_position_embeddings").GetInt32()
        : 0;

    /// <summary>The cases as rows of a theory.</summary>
    /// <returns>Folders' names.</returns>
    public static Xunit.TheoryData<string> Names() => Topic.Cases(topic => Folders(topic));

    /// <summary>The cases that have a configuration in the older style too.</summary>
    /// <returns>Folders' names.</returns>
    public static Xunit.TheoryData<string> NamesWithOlderConfig() => Topic.Cases(topic => Folders(topic).Where(name => topic.Topic(name).Has(OlderConfig)));

    /// <summary>The cases whose models llama.cpp's files can hold.</summary>
    /// <returns>Folders' names.</returns>
    public static Xunit.TheoryData<string> NamesOfGguf() => Topic.Cases(_ => FoldersOfGguf());

    /// <summary>The folders of cases whose models llama.cpp's files can hold.</summary>
    /// <returns>Folders' names.</returns>
    public static IEnumerable<string> FoldersOfGguf() => Folders(Topic).Where(name =>
        !WithoutGguf.Contains(name) && ModelFamily.FindArchitecture(Topic.Topic(name).PeekJson(Config).GetProperty("architectures")[0].GetString())?.GgufArchitecture is not null);

    /// <summary>Opens a case.</summary>
    /// <param name="name">A row.</param>
    /// <returns>The case, or null when the row says that there is nothing to test.</returns>
    public static FamilyCase? Open(string name) => Topic.SaysAbsent(name) ? null : new FamilyCase(name);

    /// <summary>Makes a folder of the checkpoint with one of its configurations.</summary>
    /// <param name="scratch">Where it goes.</param>
    /// <param name="older">Whether the older style is wanted.</param>
    /// <returns>The folder.</returns>
    public string Assemble(Scratch scratch, bool older)
    {
        string folder = scratch.PathOf(older ? "older" : "newer");
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.EnumerateFiles(_folder.Reach()).Where(IsOfCheckpoint))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        if (older)
        {
            File.Copy(Path.Combine(_folder.Folder!, OlderConfig), Path.Combine(folder, Config), overwrite: true);
        }

        return folder;
    }

    /// <summary>Reads the configuration of a folder, with the weights' say.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>The configuration.</returns>
    public static ModelConfig ReadConfig(string folder)
    {
        using CheckpointDirectory directory = CheckpointDirectory.Open(folder);
        return Dialect.Detect(directory).Read(directory).Config;
    }

    /// <summary>Loads a decoder of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>The decoder.</returns>
    public static Decoder Load(string folder)
    {
        using CheckpointDirectory directory = CheckpointDirectory.Open(folder);
        return Decoder.Load(Dialect.Detect(directory).Read(directory), new DecoderOptions { ThreadCount = 2 });
    }

    private int[] Ids(string field) => [.. _expected.GetProperty(field).EnumerateArray().Select(id => id.GetInt32())];

    private static IEnumerable<string> Folders(GoldenTopic topic) =>
        topic.Files(Expected, SearchOption.AllDirectories).Select(file => Path.GetDirectoryName(file)!);

    private static bool IsOfCheckpoint(string file) => !file.EndsWith(".f32.bin", StringComparison.Ordinal) && Path.GetFileName(file) is not (Expected or OlderConfig);
}

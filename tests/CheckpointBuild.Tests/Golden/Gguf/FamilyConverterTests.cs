using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using CheckpointBuild.Building;
using CheckpointBuild.Dialects;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tests.Golden.DocLlama;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Tool;
using Xunit;

namespace CheckpointBuild.Tests.Golden.Gguf;

/// <summary>GGUF files of the tiny checkpoints of every family that we have against what llama.cpp's own converter wrote, to the byte.</summary>
public sealed class FamilyConverterTests
{
    // The reference writes fewer tokens than the embedding has rows here and then refuses its own file: not to be copied.
    private const string ReferenceDefect = "llama-tied-hf-byte-fallback";

    private static readonly GoldenTopic Listings = GoldenRoot.Topic("gguf/converter/families");
    private static readonly GoldenTopic Tokenizers = GoldenRoot.Topic("gguf/converter/tokenizers");
    private static readonly GoldenTopic[] Checkpoints = [GoldenRoot.Topic("families"), GoldenRoot.Topic("gguf/converter/checkpoints")];

    public static TheoryData<string> Cases => Listings.Cases(OfFamiliesThatWeHave);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Build_gives_the_converter_s_pairs_tensors_and_bytes(string name)
    {
        if (Listings.SaysAbsent(name))
        {
            return;
        }

        JsonElement json = Listings.ReadJson(name);
        JsonElement complete = Listings.ReadJson(CompleteName(name));
        using var scratch = new Scratch();
        string checkpoint = Assemble(complete, scratch.PathOf(complete.GetProperty("model").GetString()!));

        await Ckpt.DoneAsync(["build", checkpoint, "--engine", "gguf", .. BuiltEngines.TypeOptions(json.GetProperty("outtype").GetString()!), "--output", scratch.PathOf("out")]);
        string engine = Assert.Single(Directory.GetFiles(scratch.PathOf("out"), "*.gguf"));

        // The reference was told the name of the pre-tokenizer, whatever these tokenizers do.
        string told = WithPreTokenizer(engine, complete.GetProperty("pre").GetString(), scratch.PathOf("told"));
        var listing = new ConverterListing(json, complete);
        Findings.None(listing.Differences(Readers.GgufReader.Read(told)));
        Assert.Equal(listing.FileHash, Hash.OfFile(told));
    }

    private static string WithPreTokenizer(string engine, string? name, string folder)
    {
        using var source = new FileSource(engine);
        TensorFile file = Format.Gguf.Read(source);
        if (name is not null)
        {
            file.Metadata.Set("tokenizer.ggml.pre", name);
        }

        new Builder(new BuilderOptions { Durability = Durability.Cached }).Build(new DirectoryPlan([Format.Gguf.Plan("told.gguf", file)], []), folder, TestContext.Current.CancellationToken);
        return Path.Combine(folder, "told.gguf");
    }

    private static IEnumerable<string> OfFamiliesThatWeHave(GoldenTopic topic) => topic.Files("*.json").Where(file =>
    {
        JsonElement complete = topic.PeekJson(CompleteName(file));
        return complete.GetProperty("model").GetString() is not ReferenceDefect
            && complete.TryGetProperty("checkpoint", out JsonElement checkpoint)
            && FolderOf(checkpoint.GetString()!) is { } folder
            && ModelFamily.FindArchitecture(folder.PeekJson("config.json").GetProperty("architectures")[0].GetString()) is not null
            && !Tokenizers.Topic(complete.GetProperty("tokenizer").GetString()!).IsAbsent;
    });

    private static GoldenTopic? FolderOf(string checkpoint) => Checkpoints.Select(topic => topic.Topic(checkpoint)).FirstOrDefault(folder => !folder.IsAbsent);

    // NAME-auto.json and NAME-q8_0.json name only what differs from NAME-f32.json.
    private static string CompleteName(string file) => file[..(file.LastIndexOf('-') + 1)] + "f32.json";

    private static string Assemble(JsonElement complete, string folder)
    {
        Directory.CreateDirectory(folder);
        string[] sources = [FolderOf(complete.GetProperty("checkpoint").GetString()!)!.Reach(), Tokenizers.Reach(complete.GetProperty("tokenizer").GetString()!)];
        foreach (string file in sources.SelectMany(source => Directory.EnumerateFiles(source)))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        return folder;
    }
}

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using CheckpointBuild.Building;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Dialects;

public sealed class ModelCardTests
{
    // Key by key what gguf-py's Metadata.load makes of these files, in the order of its set_gguf_meta_model.
    private const string Card = """
        ---
        license: other # not on the list
        license_name: open-1.0
        license_link: https://example.org/licence
        language:
        - en
        - no
        tags: [docs, "llama"]
        pipeline_tag: text-generation
        model_creator: The Doc Writers
        base_model: acme-labs/Doc-Llama-2-7B-v1.5
        datasets:
        - https://huggingface.co/datasets-org/dotnet-docs
        - https://example.org/data
        version: 1.0
        url:
        ---
        # Doc Llama
        """;

    [Fact]
    public void A_card_and_its_neighbours_become_general_keys()
    {
        using var folder = new Scratch();
        Metadata metadata = Converted(folder, Card, """{"temperature": 0.7, "top_k": 40, "top_p": 0.95, "do_sample": true, "min_p": null}""", "acme/Doc-Llama-3-8B-Instruct");
        Assert.Equal(
        [
            ("general.sampling.top_k", 40),
            ("general.sampling.top_p", 0.95f),
            ("general.sampling.temp", 0.7f),
            ("general.name", "Doc Llama 3 8B Instruct"),
            ("general.author", "The Doc Writers"),
            ("general.version", "1.0"),
            ("general.organization", "Acme"),
            ("general.finetune", "8b-Instruct"),
            ("general.basename", "Doc-Llama-3"),
            ("general.size_label", "79K"),
            ("general.license", "other"),
            ("general.license.name", "open-1.0"),
            ("general.license.link", "https://example.org/licence"),
            ("general.base_model.count", 1u),
            ("general.base_model.0.name", "Doc Llama 2 7B v1.5"),
            ("general.base_model.0.version", "v1.5"),
            ("general.base_model.0.organization", "Acme Labs"),
            ("general.base_model.0.repo_url", "https://huggingface.co/acme-labs/Doc-Llama-2-7B-v1.5"),
            ("general.dataset.count", 2u),
            ("general.dataset.0.name", "Dotnet Docs"),
            ("general.dataset.0.organization", "Datasets Org"),
            ("general.dataset.0.repo_url", "https://huggingface.co/datasets-org/dotnet-docs"),
            ("general.dataset.1.repo_url", "https://example.org/data"),
            ("general.tags", "docs|llama|text-generation"),
            ("general.languages", "en|no"),
        ],
        General(metadata));
    }

    [Fact]
    public void A_card_that_is_no_yaml_is_left_out_with_a_warning()
    {
        using var folder = new Scratch();
        BuildReport report = Build(folder, "---\nlicense: [mit\n---\n", null, null);
        Assert.Contains(report.Warnings, w => w.Code == "CKPT2016");
    }

    [Theory]
    [InlineData("no head at all\nlicense: mit\n")]
    [InlineData("--- \nlicense: mit\n---\n")]
    [InlineData("")]
    public void Text_without_a_head_says_nothing(string card)
    {
        using var folder = new Scratch();
        Assert.DoesNotContain(Converted(folder, card, null, null), p => p.Key == "general.license");
    }

    [Fact]
    public void Depth_and_aliases_do_not_grow_a_card()
    {
        using var folder = new Scratch();
        string bombs = "a: &a [x, x, x]\nb: &b [*a, *a, *a]\n";
        foreach (string head in new[] { new string('[', 100_000), bombs + "license: *b" })
        {
            BuildReport report = Build(folder, $"---\n{head}\n---\n", null, null);
            Assert.Contains(report.Warnings, w => w.Code == "CKPT2016");
        }
    }

    [Fact]
    public void A_damaged_head_is_read_or_left_out()
    {
        const string Marks = "[]{}:,-&*!|>'\"%@`#?\n\t \\~";
        for (int input = 0; input < 3000; input++)
        {
            var random = new Random(input);
            var text = new StringBuilder(Card);
            for (int times = random.Next(1, 8); times > 0; times--)
            {
                int at = random.Next(4, text.Length);
                text = random.Next(3) switch
                {
                    0 => text.Insert(at, Marks[random.Next(Marks.Length)]),
                    1 => text.Remove(at, 1),
                    _ => text.Insert(at, text.ToString(random.Next(text.Length / 2), random.Next(20))),
                };
            }

            byte[] bytes = Encoding.UTF8.GetBytes(text.ToString());
            Assert.Null(Record.Exception(() => ModelCard.Read(new Sidecar(ModelCard.FileName, () => new MemorySource(ModelCard.FileName, bytes)), _ => { })));
        }
    }

    [Fact]
    public void What_a_gguf_file_says_of_its_model_stays_when_its_weights_change()
    {
        using var folder = new Scratch();
        Build(folder, Card, null, null);
        using EngineBuild build = EngineBuild.Open(folder.PathOf("out/model.gguf"), new Recipe { Engine = "gguf", DType = DType.F16, EngineName = "second" }, new SourceHashes(null));
        build.Run(folder.PathOf("again"), new BuilderOptions(), HashTrust.ReadAgain, TestContext.Current.CancellationToken);
        using var source = new FileSource(folder.PathOf("again/second.gguf"));
        Assert.Equal("other", Format.Gguf.Read(source).Metadata.Get<string>("general.license"));
    }

    private static Metadata Converted(Scratch folder, string card, string? generation, string? name)
    {
        Build(folder, card, generation, name);
        using var source = new FileSource(folder.PathOf("out/model.gguf"));
        return Format.Gguf.Read(source).Metadata;
    }

    private static BuildReport Build(Scratch folder, string card, string? generation, string? name)
    {
        string model = new TinyLlama().Write(folder.PathOf("model"));
        string config = Path.Combine(model, "config.json");
        File.WriteAllText(config, name is null ? File.ReadAllText(config) : File.ReadAllText(config).Replace("{", $"{{\"_name_or_path\": \"{name}\",", StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(model, "README.md"), card, new UTF8Encoding(false));
        File.WriteAllText(Path.Combine(model, "generation_config.json"), generation ?? "{}");
        using EngineBuild build = EngineBuild.Open(model, new Recipe { Engine = "gguf", DType = DType.BF16 }, new SourceHashes(null));
        return build.Run(folder.PathOf("out"), new BuilderOptions(), HashTrust.ReadAgain, TestContext.Current.CancellationToken);
    }

    private static IEnumerable<(string Key, object Value)> General(Metadata metadata) => metadata
        .Where(p => p.Key.StartsWith("general.", StringComparison.Ordinal) && p.Key is not ("general.architecture" or "general.type" or "general.file_type" or "general.quantization_version"))
        .Select(p => (p.Key, p.Value is string[] texts ? string.Join('|', texts) : p.Value));
}

using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Acquisition;
using CheckpointBuild.Diagnostics;
using Xunit;

namespace CheckpointBuild.Tests.Acquisition;

/// <summary>Which files of a repository a build gets.</summary>
public sealed class FileSelectionTests
{
    private static readonly string BlobId = new('0', 40);

    public static TheoryData<string, string?, string> Choices => new()
    {
        { "config.json README.md model.safetensors pytorch_model.bin tokenizer.json original/consolidated.00.pth original/params.json", null, "config.json model.safetensors tokenizer.json" },
        { "config.json model-00001-of-00002.safetensors model-00002-of-00002.safetensors model.safetensors.index.json consolidated.safetensors", null, "config.json model-00001-of-00002.safetensors model-00002-of-00002.safetensors model.safetensors.index.json" },
        { "config.json model-00001-of-000163.safetensors model-00163-of-000163.safetensors model.safetensors.index.json extra.safetensors", null, "config.json model-00001-of-000163.safetensors model-00163-of-000163.safetensors model.safetensors.index.json" },
        { "config.json pytorch_model.bin.index.json pytorch_model-00001-of-000002.bin", null, "config.json pytorch_model-00001-of-000002.bin pytorch_model.bin.index.json" },
        { "config.json model.safetensors trainer_state.json all_results.json train_results.json eval_results.json training_args.json", null, "config.json model.safetensors" },
        { "config.json model.safetensors pytorch_model.bin.index.json pytorch_model-00001-of-00001.bin", null, "config.json model.safetensors" },
        { "config.json pytorch_model.bin.index.json pytorch_model-00001-of-00001.bin flax_model.msgpack", null, "config.json pytorch_model-00001-of-00001.bin pytorch_model.bin.index.json" },
        { "README.md tiny.Q4_0.gguf config.json", null, "tiny.Q4_0.gguf" },
        { "a-00001-of-00002.gguf a-00002-of-00002.gguf", null, "a-00001-of-00002.gguf a-00002-of-00002.gguf" },
        { "a.gguf b.gguf", "b.gguf", "b.gguf" },
        { "a.gguf b.gguf", "-a.gguf", "b.gguf" },
        { "config.json model.safetensors LICENSE", "+LICENSE", "LICENSE config.json model.safetensors" },
        { "config.json model.safetensors vocab.json", "!vocab.json", "config.json model.safetensors" },
        { "config.json model.safetensors chat_template.jinja additional_chat_templates/tool.jinja onnx/model.onnx", null, "additional_chat_templates/tool.jinja chat_template.jinja config.json model.safetensors" },
        { "config.json original/consolidated.00.pth", "original/", "original/consolidated.00.pth" },
        { "consolidated.00.pth params.json tokenizer.model", null, "consolidated.00.pth params.json tokenizer.model" },
    };

    [Theory]
    [MemberData(nameof(Choices))]
    public void A_build_gets_one_set_of_weights_and_what_describes_it(string repository, string? patterns, string chosen) =>
        Assert.Equal(chosen.Split(' '), Choose(repository, patterns, []));

    [Theory]
    [InlineData("config.json README.md", null, "CKPT6021")]
    [InlineData("a.gguf b.gguf", null, "CKPT6022")]
    [InlineData("config.json model.safetensors", "*.bin", "CKPT6020")]
    [InlineData("config.json model.safetensors", "-*.bin", "CKPT6020")]
    [InlineData("config.json model.safetensors", "config.json;-config.json", "CKPT6020")]
    public void A_repository_that_leaves_it_open_is_refused(string repository, string? patterns, string code) =>
        Assert.Equal(code, Assert.Throws<CheckpointException>(() => Choose(repository, patterns, [])).Code);

    [Fact]
    public void A_pickle_is_taken_with_a_warning()
    {
        var warnings = new List<Diagnostic>();

        Choose("config.json pytorch_model.bin", null, warnings);

        Assert.Equal("CKPT6051", Assert.Single(warnings).Code);
    }

    [Theory]
    [InlineData("*.json", "a/b.json", true)]
    [InlineData("a?c", "abc", true)]
    [InlineData("[!a]*", "abc", false)]
    [InlineData("[a-c]x", "bx", true)]
    [InlineData("[]]x", "]x", true)]
    [InlineData("a[", "a[", true)]
    [InlineData("*a*b*c", "xaxbxcx", false)]
    [InlineData("sub/", "sub/a/b", true)]
    [InlineData("*.JSON", "a.json", false)]
    public void Patterns_match_as_the_official_clients_do(string pattern, string path, bool matches) =>
        Assert.Equal(matches, GlobPattern.Matches(pattern, path));

    private static IEnumerable<string> Choose(string repository, string? patterns, List<Diagnostic> warnings) =>
        new FileSelection(SelectionStart.WhatABuildNeeds, patterns)
            .Of([.. repository.Split(' ').Select(p => new HubFile(p, 1, BlobId))], "hf:demo/tiny", warnings.Add)
            .Select(f => f.Path).Order(System.StringComparer.Ordinal);
}

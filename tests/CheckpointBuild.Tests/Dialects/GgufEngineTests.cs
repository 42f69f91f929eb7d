using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Tool;
using Xunit;

namespace CheckpointBuild.Tests.Dialects;

/// <summary>Engines in GGUF: what is noticed while they are planned and read.</summary>
public sealed class GgufEngineTests
{
    [Fact]
    public void A_folder_of_several_engines_is_refused_by_their_names()
    {
        using var scratch = new Scratch();
        File.WriteAllBytes(scratch.PathOf("a.gguf"), []);
        File.WriteAllBytes(scratch.PathOf("b.gguf"), []);
        using CheckpointDirectory directory = CheckpointDirectory.Open(scratch.Folder);

        CheckpointException error = Assert.Throws<CheckpointException>(() => Dialect.Detect(directory).Read(directory));

        Assert.Equal("CKPT2014", error.Code);
        Assert.Contains("'a.gguf', 'b.gguf'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_tokenizer_the_engine_is_built_with_a_warning_and_text_is_refused()
    {
        using var scratch = new Scratch();
        string folder = new TinyLlama().Write(scratch.PathOf("tiny"));
        File.Delete(Path.Combine(folder, "tokenizer.json"));

        CkptResult built = await Ckpt.DoneAsync("build", folder, "--engine", "gguf", "--output", scratch.PathOf("out"));
        CkptResult run = await Ckpt.RunAsync("run", scratch.PathOf("out"), "--prompt", "x");

        Assert.Contains("CKPT2058", built.Error, StringComparison.Ordinal);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("CKPT2015", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Rotary_scaling_under_older_names_and_ids_of_either_integer_type_count()
    {
        using var scratch = new Scratch();
        using (EngineBuild build = EngineBuild.Open(new TinyLlama().Write(scratch.PathOf("tiny")), new Recipe { Engine = "gguf", EngineName = "first" }, new SourceHashes(null)))
        {
            build.Run(scratch.PathOf("out"), new BuilderOptions(), HashTrust.ReadAgain, TestContext.Current.CancellationToken);
        }

        RopeConfig Read(string name, params (string Key, object Value)[] keys)
        {
            using var source = new FileSource(scratch.PathOf("out/first.gguf"));
            TensorFile file = Format.Gguf.Read(source);
            var metadata = new Metadata();
            foreach ((string key, object value) in file.Metadata.Where(p => !keys.Any(k => k.Key == p.Key)).Select(p => (p.Key, p.Value)).Concat(keys))
            {
                metadata.Add(key, value);
            }

            new Builder(new BuilderOptions()).Build(new DirectoryPlan([Format.Gguf.Plan(name + ".gguf", new TensorFile(file.Tensors, metadata))], []), scratch.PathOf(name), TestContext.Current.CancellationToken);
            using CheckpointDirectory directory = CheckpointDirectory.Open(scratch.PathOf(name));
            Checkpoint read = Dialect.Detect(directory).Read(directory);
            Assert.Equal(5, read.Config.BeginToken);
            return read.Config.Rope!;
        }

        Assert.Equal((RopeScalingKind.Linear, 4.0), (Read("linear", ("llama.rope.scale_linear", 4f), ("tokenizer.ggml.bos_token_id", 5)) is var linear ? linear.Scaling : default, linear.Factor));
        RopeConfig yarn = Read("yarn", ("llama.rope.scaling.type", "yarn"), ("llama.rope.scaling.factor", 4f), ("llama.rope.scaling.attn_factor", 2f), ("tokenizer.ggml.bos_token_id", 5u));
        Assert.Equal(2 * ((0.1 * Math.Log(4)) + 1), yarn.Magnitude(), 1e-9);
    }

    [Fact]
    public void Several_end_tokens_all_end_a_text_of_the_engine()
    {
        using var scratch = new Scratch();

        Checkpoint engine = BuildAndRead(scratch, [257, 10, 11], out ImmutableArray<Diagnostic> warnings);

        Assert.Equal([257, 10, 11], engine.Config.EndTokens);
        Assert.Empty(warnings);
    }

    [Fact]
    public void More_end_tokens_than_the_format_has_places_for_are_named()
    {
        using var scratch = new Scratch();

        BuildAndRead(scratch, [257, 10, 11, 12, 13], out ImmutableArray<Diagnostic> warnings);

        Diagnostic warning = Assert.Single(warnings);
        Assert.Equal("CKPT2057", warning.Code);
        Assert.Contains("12, 13", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_architecture_that_llama_cpp_lacks_is_refused_by_name()
    {
        using var scratch = new Scratch();
        using CheckpointDirectory directory = CheckpointDirectory.Open(new TinyLlama().Write(scratch.PathOf("tiny")));
        Checkpoint checkpoint = Dialect.Detect(directory).Read(directory) with { Family = new Unheard() };

        CheckpointException error = Assert.Throws<CheckpointException>(() => new Recipe { Engine = "gguf" }.Apply(checkpoint));

        Assert.Equal("CKPT2012", error.Code);
        Assert.Contains("UnheardForCausalLM", error.Message, StringComparison.Ordinal);
    }

    private static Checkpoint BuildAndRead(Scratch scratch, int[] endTokens, out ImmutableArray<Diagnostic> warnings)
    {
        string folder = new TinyLlama { Configure = c => c["eos_token_id"] = new JsonArray([.. endTokens.Select(t => (JsonNode)t)]) }.Write(scratch.PathOf("tiny"));
        using EngineBuild build = EngineBuild.Open(folder, new Recipe { Engine = "gguf" }, new SourceHashes(null));
        warnings = build.Run(scratch.PathOf("out"), new BuilderOptions(), HashTrust.Remembered, TestContext.Current.CancellationToken).Warnings;
        using CheckpointDirectory directory = CheckpointDirectory.Open(scratch.PathOf("out"));
        return Dialect.Detect(directory).Read(directory);
    }

    /// <summary>A family of the test's own, as a plug-in would bring it.</summary>
    private sealed class Unheard : ModelFamily
    {
        public override string Architecture => "UnheardForCausalLM";

        public override string ModelType => "unheard";

        public override ImmutableArray<NameRule> Names => [];

        public override ConfigFields Fields => new();

        protected override ModelConfig Read(ConfigReader json, ModelConfig common) => common;
    }
}

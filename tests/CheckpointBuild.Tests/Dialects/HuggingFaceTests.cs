using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Tool;
using Xunit;

namespace CheckpointBuild.Tests.Dialects;

/// <summary>Folders as people have them: what is noticed, what is mended, what is refused.</summary>
public sealed class HuggingFaceTests
{
    private const string Query = "model.layers.0.self_attn.q_proj.weight";

    [Fact]
    public async Task A_tied_head_that_the_source_holds_is_kept_and_where_it_cannot_be_named()
    {
        using var scratch = new Scratch();
        string both = new TinyLlama { Tied = false, Spoil = Fill, Configure = c => c["tie_word_embeddings"] = true }.Write(scratch.PathOf("both"));

        await Ckpt.DoneAsync("convert", both, "--to", "huggingface", "--output", scratch.PathOf("hf"));
        CkptResult tune = await Ckpt.DoneAsync("convert", both, "--to", "torchtune", "--output", scratch.PathOf("tune"));

        Assert.Equal(Hash.OfFile(Path.Combine(both, "model.safetensors")), Hash.OfFile(scratch.PathOf("hf/model.safetensors")));
        Assert.Contains("CKPT2172", tune.Error, StringComparison.Ordinal);

        static void Fill(string name, float[] values)
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (((i * 7) + (name == "lm_head.weight" ? "model.embed_tokens.weight" : name).Length) % 64) / 64f;
            }
        }
    }

    [Fact]
    public void Tensors_without_a_place_are_refused_by_name()
    {
        using var scratch = new Scratch();
        string folder = Renamed(scratch, "model.layers.1.mlp.up_proj.weight", "model.layers.1.mlp.up_prox.weight");

        CheckpointException error = Assert.Throws<CheckpointException>(() => Read(folder));

        // A renamed tensor is missing under its own name, which is the first thing to say.
        Assert.Equal("CKPT2005", error.Code);
        Assert.Contains("'model.layers.1.mlp.up_proj.weight'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Layers_that_the_configuration_does_not_know_are_refused_by_name()
    {
        using var scratch = new Scratch();
        string folder = new TinyLlama { Configure = c => c["num_hidden_layers"] = 1 }.Write(scratch.PathOf("tiny"));

        CheckpointException error = Assert.Throws<CheckpointException>(() => Read(folder));

        Assert.Equal("CKPT2006", error.Code);
        Assert.Contains("'model.layers.1.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_that_its_shard_does_not_hold_is_named()
    {
        using var scratch = new Scratch();
        string folder = new TinyLlama { MaxShardSize = 40_000 }.Write(scratch.PathOf("tiny"));
        string index = Path.Combine(folder, "model.safetensors.index.json");
        JsonObject json = JsonNode.Parse(File.ReadAllText(index))!.AsObject();
        json["weight_map"]!["model.ghost.weight"] = json["weight_map"]![Query]!.GetValue<string>();
        File.WriteAllText(index, json.ToJsonString());

        CheckpointException error = Assert.Throws<CheckpointException>(() => Read(folder));

        Assert.Equal("CKPT2010", error.Code);
        Assert.Contains("'model.ghost.weight'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../model.safetensors")]
    [InlineData("sub/model.safetensors")]
    [InlineData("/etc/passwd")]
    public void An_index_that_points_out_of_its_folder_is_refused(string target)
    {
        using var scratch = new Scratch();
        string folder = new TinyLlama { MaxShardSize = 40_000 }.Write(scratch.PathOf("tiny"));
        string index = Path.Combine(folder, "model.safetensors.index.json");
        JsonObject json = JsonNode.Parse(File.ReadAllText(index))!.AsObject();
        json["weight_map"]![Query] = target;
        File.WriteAllText(index, json.ToJsonString());

        Assert.Equal("CKPT2002", Assert.Throws<CheckpointException>(() => Read(folder)).Code);
    }

    [Fact]
    public void Biases_that_the_configuration_denies_are_kept_with_a_warning()
    {
        using var scratch = new Scratch();
        string folder = new TinyLlama
        {
            Biases = true,
            Configure = c =>
            {
                c["attention_bias"] = false;
                c.Remove("mlp_bias");
            },
        }.Write(scratch.PathOf("tiny"));

        Checkpoint checkpoint = Read(folder);

        Assert.Equal(BiasSites.QueryKeyValue | BiasSites.AttentionOutput | BiasSites.FeedForward, checkpoint.Config.Biases);
        Assert.Equal(["CKPT2051", "CKPT2051"], checkpoint.Problems.Select(p => p.Code));
    }

    [Fact]
    public void A_second_different_head_counts_although_the_configuration_ties_it()
    {
        using var scratch = new Scratch();
        string folder = new TinyLlama { Tied = false, Configure = c => c["tie_word_embeddings"] = true }.Write(scratch.PathOf("tiny"));

        Checkpoint checkpoint = Read(folder);

        Assert.False(checkpoint.Config.TiedEmbeddings);
        Assert.Equal("CKPT2052", Assert.Single(checkpoint.Problems).Code);
    }

    [Fact]
    public void A_stated_dtype_that_the_weights_contradict_is_corrected_with_a_warning()
    {
        using var scratch = new Scratch();
        string folder = new TinyLlama { DType = DType.F32, Configure = c => c["torch_dtype"] = "bfloat16" }.Write(scratch.PathOf("tiny"));
        using CheckpointDirectory directory = CheckpointDirectory.Open(folder);
        Checkpoint checkpoint = Dialect.Named("huggingface").Read(directory);

        DirectoryPlan plan = new Recipe { Engine = "huggingface" }.Apply(checkpoint);

        Assert.Equal("CKPT2053", Assert.Single(plan.Warnings).Code);
        Assert.Equal("float32", JsonNode.Parse(plan.Files.Single(f => f.Path == "config.json").Head.Span)!["torch_dtype"]!.GetValue<string>());
    }

    [Fact]
    public void A_single_file_is_preferred_to_a_set_with_a_warning()
    {
        using var scratch = new Scratch();
        string folder = new TinyLlama { MaxShardSize = 40_000 }.Write(scratch.PathOf("tiny"));
        new TinyLlama().Write(folder);

        Assert.Equal("CKPT2054", Assert.Single(Read(folder).Problems).Code);
    }

    [Fact]
    public void Shards_that_the_index_does_not_name_are_left_out_with_a_warning()
    {
        using var scratch = new Scratch();
        string folder = new TinyLlama { MaxShardSize = 40_000 }.Write(scratch.PathOf("tiny"));
        string shard = Directory.GetFiles(folder, "model-*.safetensors").First();
        File.Copy(shard, Path.Combine(folder, "model-00001-of-00099.safetensors"));

        Assert.Equal("CKPT2055", Assert.Single(Read(folder).Problems).Code);
    }

    [Fact]
    public void A_wrapper_s_prefix_is_taken_away_with_a_warning()
    {
        using var scratch = new Scratch();
        string folder = new TinyLlama { Prefix = "_orig_mod." }.Write(scratch.PathOf("tiny"));

        Checkpoint checkpoint = Read(folder);

        Assert.Equal("CKPT2056", Assert.Single(checkpoint.Problems).Code);
        Assert.True(checkpoint.Tensors.TryGet(new TensorRole(RoleKind.Query, 0), out _));
    }

    [Fact]
    public void A_small_file_of_hundreds_of_megabytes_is_refused_before_it_is_read()
    {
        using var scratch = new Scratch();
        string folder = new TinyLlama().Write(scratch.PathOf("tiny"));
        using (FileStream config = File.Open(Path.Combine(folder, "config.json"), FileMode.Create))
        {
            config.SetLength(300L << 20);
        }

        Assert.Equal("CKPT2013", Assert.Throws<CheckpointException>(() => Read(folder)).Code);
    }

    [Fact]
    public void A_folder_in_the_place_of_a_file_cannot_be_read()
    {
        using var scratch = new Scratch();
        string folder = new TinyLlama().Write(scratch.PathOf("tiny"));

        Assert.Equal("CKPT1002", Assert.Throws<CheckpointException>(() => new Tensors.FileSource(folder)).Code);
    }

    [Fact]
    public void End_tokens_of_the_generation_settings_are_added_to_those_of_the_configuration()
    {
        using var scratch = new Scratch();
        string folder = new TinyLlama().Write(scratch.PathOf("tiny"));
        File.WriteAllText(Path.Combine(folder, "generation_config.json"), """{"eos_token_id": [257, 10, 11]}""");

        Assert.Equal([257, 10, 11], Read(folder).Config.EndTokens);
    }

    [Fact]
    public void A_tokenizer_that_is_not_understood_and_has_no_files_is_not_lost_without_a_word()
    {
        using var scratch = new Scratch();
        Checkpoint checkpoint = Read(new TinyLlama().Write(scratch.PathOf("tiny"))) with { Sidecars = [], Tokenizer = null, TokenizerFault = new Diagnostic("CKPT2112", "a pre-tokenizer of another time") };

        DirectoryPlan plan = new Recipe { Engine = "huggingface" }.Apply(checkpoint);

        Assert.Equal("CKPT2061", Assert.Single(plan.Warnings).Code);
    }

    [Fact]
    public void A_fault_of_our_own_has_a_code_too() => Assert.Equal("CKPT9005", Errors.Internal(new InvalidOperationException("impossible")).Code);

    private static Checkpoint Read(string folder)
    {
        using CheckpointDirectory directory = CheckpointDirectory.Open(folder);
        return Dialect.Detect(directory).Read(directory);
    }

    // Names of one length may be exchanged in the header without moving anything.
    private static string Renamed(Scratch scratch, string from, string to)
    {
        string folder = new TinyLlama().Write(scratch.PathOf("tiny"));
        string weights = Path.Combine(folder, "model.safetensors");
        byte[] bytes = File.ReadAllBytes(weights);
        int at = bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(from));
        System.Text.Encoding.UTF8.GetBytes(to).CopyTo(bytes, at);
        File.WriteAllBytes(weights, bytes);
        return folder;
    }
}

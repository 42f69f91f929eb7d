using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Readers;
using Xunit;

namespace CheckpointBuild.Tests.Tool;

/// <summary>Adapters through the tool: what is refused by which code, what is said, and what a content key depends on.</summary>
public sealed class AdapterTests : IDisposable
{
    private const string Query = "base_model.model.model.layers.0.self_attn.q_proj";

    private readonly Scratch _scratch = new();

    public static TheoryData<string, string> Refusals => new()
    {
        { "CKPT2261", "kind" }, { "CKPT2261", "replication" }, { "CKPT2262", "prefix" }, { "CKPT2263", "half" }, { "CKPT2263", "lengths" }, { "CKPT2002", "alpha" }, { "CKPT2264", "layer" }, { "CKPT2265", "width" }, { "CKPT2265", "rank" },
        { "CKPT2266", "wider" }, { "CKPT2266", "nothing" }, { "CKPT2002", "expression" }, { "CKPT2002", "slow" }, { "CKPT2001", "no type" }, { "CKPT2260", "empty" }, { "CKPT2265", "token" }, { "CKPT3060", "nan" },
        { "CKPT2365", "denied lengths" }, { "CKPT2369", "not saved" },
    };

    public static TheoryData<string, string, string> TorchtuneRefusals => new()
    {
        { "CKPT2261", "peft_type", "\"IA3\"" }, { "CKPT2263", "use_dora", "true" }, { "CKPT2266", "target_modules", "[\"up_proj\", \"down_proj\"]" }, { "CKPT2266", "target_modules", "[\"w3\", \"output_proj\"]" },
        { "CKPT2365", "modules_to_save", "[\"lm_head\"]" }, { "CKPT2365", "use_rslora", "true" }, { "CKPT2365", "rank_pattern", "{\"q_proj\": 2}" }, { "CKPT2365", "alpha_pattern", "{\"q_proj\": 64}" },
    };

    public static TheoryData<string, string> Warnings => new()
    {
        { "CKPT2360", "base" }, { "CKPT2361", "setting" }, { "CKPT2362", "untrained" }, { "CKPT2363", "whole" }, { "CKPT2364", "untie" },
    };

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Adapter_that_cannot_be_merged_is_refused_by_its_code(string code, string fault)
    {
        CkptResult result = await MergeAsync(Damaged(fault));

        Assert.True(result.IsRefusal && result.Error.Contains(code, StringComparison.Ordinal), result.ToString());
        Assert.False(File.Exists(_scratch.PathOf("out/model.safetensors")));
    }

    [Theory]
    [MemberData(nameof(Warnings))]
    public async Task What_the_user_should_know_is_said(string code, string fault)
    {
        CkptResult result = await MergeAsync(Damaged(fault), fault == "whole" ? "@0.5" : "");

        Assert.True(result.ExitCode == 0 && result.Error.Contains(code, StringComparison.Ordinal), result.ToString());
    }

    [Theory]
    [InlineData("convert", "meta", "CKPT9001")]
    [InlineData("read", "gguf", "CKPT2017")]
    public async Task An_adapter_where_it_has_no_form_is_refused(string what, string engine, string code)
    {
        using var scratch = new Scratch();
        string model = new TinyLlama().Write(scratch.PathOf("tiny")), adapter = new TinyAdapter().Write(scratch.PathOf("adapter"));
        CkptResult alone = await Ckpt.RunAsync("convert", adapter, "--to", engine, "--base", model, "--output", scratch.PathOf("alone"));
        CkptResult result = what == "read" ? await Ckpt.RunAsync("convert", scratch.PathOf("alone"), "--to", "huggingface", "--output", scratch.PathOf("again")) : alone;

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(code, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_format_that_does_not_lie_there_is_said_so()
    {
        using var scratch = new Scratch();

        CkptResult result = await Ckpt.RunAsync("convert", new TinyLlama().Write(scratch.PathOf("tiny")), "--format", "meta", "--to", "huggingface", "--output", scratch.PathOf("out"));

        Assert.Contains("CKPT2018", result.Error, StringComparison.Ordinal);
        Assert.Contains("it looks like huggingface", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Integers_are_no_factors()
    {
        string folder = new TinyAdapter().Write(_scratch.PathOf("adapter"));
        string file = Path.Combine(folder, "adapter_model.safetensors");
        byte[] bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        int at = bytes.AsSpan().IndexOf("F32"u8);
        "I32"u8.CopyTo(bytes.AsSpan(at));
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);

        Assert.Contains("CKPT2267", (await MergeAsync(folder)).Error);
    }

    [Fact]
    public async Task Two_adapters_that_replace_one_tensor_are_refused()
    {
        string first = Damaged("whole"), second = new TinyAdapter { Change = s => s["base_model.model.model.norm.weight"] = [64] }.Write(_scratch.PathOf("second"));

        Assert.Contains("CKPT2269", (await MergeAsync(first, "", "--adapter", second)).Error);
    }

    [Fact]
    public async Task Two_adapters_are_merged_one_after_the_other()
    {
        string first = new TinyAdapter().Write(_scratch.PathOf("first")), second = new TinyAdapter { Seed = 7 }.Write(_scratch.PathOf("second"));
        await MergeAsync(first, "", "--adapter", second + "@-0.5", "--dtype", "f32");
        await Ckpt.DoneAsync("convert", Base(), "--to", "huggingface", "--adapter", first, "--dtype", "f32", "--output", _scratch.PathOf("step"));
        await Ckpt.DoneAsync("convert", _scratch.PathOf("step"), "--to", "huggingface", "--adapter", second + "@-0.5", "--output", _scratch.PathOf("steps"));

        Assert.Equal(Hash.OfFile(_scratch.PathOf("steps/model.safetensors")), Hash.OfFile(_scratch.PathOf("out/model.safetensors")));
    }

    [Fact]
    public async Task Content_key_depends_on_the_adapter_s_bytes_and_weight_and_not_on_its_place()
    {
        string key = await KeyAsync(new TinyAdapter().Write(_scratch.PathOf("a")));

        Assert.Equal(key, await KeyAsync(new TinyAdapter().Write(_scratch.PathOf("b"))));
        Assert.NotEqual(key, await KeyAsync(new TinyAdapter { Seed = 8 }.Write(_scratch.PathOf("c"))));
        Assert.NotEqual(key, await KeyAsync(_scratch.PathOf("a") + "@0.5"));
    }

    [Fact]
    public async Task A_product_with_an_adapter_is_built_again_from_its_report()
    {
        await MergeAsync(new TinyAdapter().Write(_scratch.PathOf("adapter")), "@0.25");

        Assert.Contains("the same bytes", (await Ckpt.DoneAsync("verify", _scratch.PathOf("out"), "--rebuild")).Output);
    }

    [Fact]
    public async Task An_adapter_that_is_kept_apart_lies_beside_the_product_as_it_was()
    {
        string adapter = new TinyAdapter().Write(_scratch.PathOf("style"));
        await MergeAsync(adapter, "", "--adapter-mode", "apart");
        await Ckpt.DoneAsync("convert", Base(), "--to", "huggingface", "--output", _scratch.PathOf("plain"));

        Assert.Equal(Hash.OfFile(_scratch.PathOf("plain/model.safetensors")), Hash.OfFile(_scratch.PathOf("out/model.safetensors")));
        foreach (string file in new[] { "adapter_config.json", "adapter_model.safetensors" })
        {
            Assert.Equal(Hash.OfFile(Path.Combine(adapter, file)), Hash.OfFile(_scratch.PathOf("out/adapters/style/" + file)));
        }
    }

    [Fact]
    public async Task A_weight_of_an_adapter_that_is_kept_apart_is_refused() =>
        Assert.Contains("CKPT9061", (await MergeAsync(new TinyAdapter().Write(_scratch.PathOf("adapter")), "@0.5", "--adapter-mode", "apart")).Error);

    [Fact]
    public async Task An_adapter_whose_base_nobody_names_is_refused()
    {
        CkptResult result = await Ckpt.RunAsync("convert", new TinyAdapter().Write(_scratch.PathOf("adapter")), "--to", "torchtune", "--output", _scratch.PathOf("out"));
        Assert.Contains("CKPT9063", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_adapter_alone_that_nobody_names_is_refused()
    {
        CkptResult result = await Ckpt.RunAsync("convert", Base(), "--to", "torchtune", "--adapter-mode", "alone", "--output", _scratch.PathOf("out"));
        Assert.Contains("CKPT9062", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rank_stabilized_adapter_keeps_its_scale_in_torchtune_s_form()
    {
        string adapter = new TinyAdapter { Configure = c => c["use_rslora"] = true }.Write(_scratch.PathOf("adapter"));
        await Ckpt.DoneAsync("convert", adapter, "--to", "torchtune", "--base", Base(), "--output", _scratch.PathOf("tune"));
        JsonNode settings = JsonNode.Parse(await File.ReadAllTextAsync(_scratch.PathOf("tune/adapter_config.json"), TestContext.Current.CancellationToken))!;
        Assert.Equal(4 * Math.Sqrt(2), settings["lora_alpha"]!.GetValue<double>(), 9);
    }

    [Fact]
    public async Task Several_adapters_alone_lie_in_folders_of_their_own()
    {
        string first = new TinyAdapter().Write(_scratch.PathOf("a")), second = new TinyAdapter().Write(_scratch.PathOf("b"));
        await Ckpt.DoneAsync("convert", Base(), "--to", "huggingface", "--adapter", first, "--adapter", second, "--adapter-mode", "alone", "--output", _scratch.PathOf("out"));
        Assert.Equal(["a/adapter_config.json", "a/adapter_model.safetensors", "b/adapter_config.json", "b/adapter_model.safetensors", "build-report.json"],
            Directory.GetFiles(_scratch.PathOf("out"), "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(_scratch.PathOf("out"), f).Replace('\\', '/')).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_torchtune_adapter_needs_rank_and_alpha_beside_it_and_then_is_the_same_change()
    {
        // Values of an up projection stand in the same order in both; queries are turned, which the golden data shows.
        string peft = new TinyAdapter { Change = s => Keep(s, "mlp", ""), Configure = c => c["target_modules"] = new JsonArray("up_proj") }.Write(_scratch.PathOf("peft"));
        string tune = new TinyAdapter { Change = s => Keep(s, "mlp", "tune"), Configure = c => c["target_modules"] = new JsonArray("up_proj") }.Write(_scratch.PathOf("tune"));
        await MergeAsync(peft, "", "--dtype", "f32");
        string expected = Hash.OfFile(_scratch.PathOf("out/model.safetensors"));

        await MergeAsync(Path.Combine(tune, "adapter_model.safetensors"), "", "--dtype", "f32");
        Assert.Equal(expected, Hash.OfFile(_scratch.PathOf("out/model.safetensors")));
        File.Delete(Path.Combine(tune, "adapter_config.json"));
        Assert.Contains("CKPT2268", (await MergeAsync(tune)).Error);

        static void Keep(Dictionary<string, long[]> shapes, string part, string naming)
        {
            foreach (string name in shapes.Keys.ToArray())
            {
                shapes.Remove(name, out long[]? shape);
                if (name.Contains(part, StringComparison.Ordinal))
                {
                    shapes.Add(naming.Length == 0 ? name : name.Replace("base_model.model.model.", "").Replace("up_proj", "w3").Replace("lora_A", "lora_a").Replace("lora_B", "lora_b"), shape!);
                }
            }
        }
    }

    [Fact]
    public async Task A_rank_stabilized_adapter_gets_an_alpha_that_llama_cpp_scales_rightly()
    {
        string adapter = new TinyAdapter { Configure = c => c["use_rslora"] = true }.Write(_scratch.PathOf("adapter"));
        await Ckpt.DoneAsync("build", Base(), "--engine", "gguf", "--adapter", adapter, "--adapter-mode", "apart", "--output", _scratch.PathOf("gguf"));

        GgufReader file = GgufReader.Read(_scratch.PathOf("gguf/adapters/adapter.gguf"));
        Assert.Equal((float)(4 * Math.Sqrt(2)), file.Pairs.Single(p => p.Key == "adapter.lora.alpha").Value.Value);
    }

    [Fact]
    public async Task What_llama_cpp_has_no_form_for_is_refused_when_it_is_kept_apart()
    {
        CkptResult result = await Ckpt.RunAsync("build", Base(), "--engine", "gguf", "--adapter", Damaged("whole"), "--adapter-mode", "apart", "--output", _scratch.PathOf("gguf"));

        Assert.True(result.IsRefusal && result.Error.Contains("CKPT2012", StringComparison.Ordinal), result.ToString());
    }

    [Fact]
    public async Task A_change_of_a_bias_that_the_base_lacks_is_refused_by_the_bias_name() =>
        Assert.Contains("'model.layers.0.self_attn.q_proj.bias' is not in the base", (await MergeAsync(new TinyAdapter { Change = s => s[Query + ".lora_B.bias"] = [64] }.Write(_scratch.PathOf("adapter")))).Error, StringComparison.Ordinal);

    [Theory]
    [InlineData("modules_to_save")]
    [InlineData("modules_to_save.default")]
    public async Task A_tensor_that_was_trained_as_a_whole_is_found_by_the_names_of_memory_too(string wrapper)
    {
        string plain = new TinyAdapter { Change = s => s["base_model.model.model.norm.weight"] = [64] }.Write(_scratch.PathOf("plain"));
        await MergeAsync(plain);
        string expected = Hash.OfFile(_scratch.PathOf("out/model.safetensors"));
        await MergeAsync(new TinyAdapter { Change = s => s[$"base_model.model.model.norm.{wrapper}.weight"] = [64] }.Write(_scratch.PathOf("wrapped")));
        Assert.Equal(expected, Hash.OfFile(_scratch.PathOf("out/model.safetensors")));
    }

    [Theory]
    [MemberData(nameof(TorchtuneRefusals))]
    public async Task A_torchtune_adapter_that_its_configuration_contradicts_is_refused_merged_and_in_peft_s_form(string code, string field, string value)
    {
        string adapter = Tune(c => c[field] = JsonNode.Parse(value));

        Assert.Contains(code, (await MergeAsync(adapter)).Error, StringComparison.Ordinal);
        Assert.Contains(code, (await Ckpt.RunAsync("convert", adapter, "--to", "huggingface", "--base", Base(), "--output", _scratch.PathOf("peft"))).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_torchtune_adapter_s_lengths_need_no_setting_and_contradict_one_that_denies_them()
    {
        Assert.Equal(0, (await MergeAsync(Tune(_ => { }, Lengths))).ExitCode);
        Assert.Contains("CKPT2365", (await MergeAsync(Tune(c => c["use_dora"] = false, Lengths))).Error, StringComparison.Ordinal);

        static void Lengths(Dictionary<string, long[]> shapes)
        {
            shapes["layers.0.mlp.w3.magnitude"] = [96];
            shapes["layers.1.mlp.w3.magnitude"] = [96];
        }
    }

    [Fact]
    public async Task An_adapter_of_some_layers_goes_to_torchtune_s_form_and_back()
    {
        string adapter = new TinyAdapter
        {
            Configure = c => { c["target_modules"] = new JsonArray("q_proj", "up_proj"); c["layers_to_transform"] = new JsonArray(1); },
            Change = s => { foreach (string name in s.Keys.Where(n => n.Contains("layers.0.", StringComparison.Ordinal)).ToArray()) { s.Remove(name); } },
        }.Write(_scratch.PathOf("adapter"));
        await Ckpt.DoneAsync("convert", adapter, "--to", "torchtune", "--base", Base(), "--output", _scratch.PathOf("tune"));
        await Ckpt.DoneAsync("convert", _scratch.PathOf("tune"), "--to", "huggingface", "--base", Base(), "--output", _scratch.PathOf("back"));

        Assert.Equal(Hash.OfFile(Path.Combine(adapter, "adapter_model.safetensors")), Hash.OfFile(_scratch.PathOf("back/adapter_model.safetensors")));
        Assert.Equal(0, (await MergeAsync(_scratch.PathOf("back"))).ExitCode);
    }

    // The changes of the upward projections under torchtune's names, with a configuration as torchtune writes it.
    private string Tune(Action<JsonObject> configure, Action<Dictionary<string, long[]>>? change = null) => new TinyAdapter
    {
        Configure = c => { c.Clear(); c["r"] = 2; c["lora_alpha"] = 4; c["target_modules"] = new JsonArray("up_proj"); configure(c); },
        Change = s =>
        {
            s.Clear();
            foreach (int layer in new[] { 0, 1 })
            {
                s[$"layers.{layer}.mlp.w3.lora_a.weight"] = [2, 64];
                s[$"layers.{layer}.mlp.w3.lora_b.weight"] = [96, 2];
            }

            change?.Invoke(s);
        },
    }.Write(_scratch.PathOf("tuned"));

    private string Damaged(string fault)
    {
        TinyAdapter adapter = fault switch
        {
            "lengths" => new() { Configure = c => c["use_dora"] = true },
            "denied lengths" => new() { Change = s => s[Query + ".lora_magnitude_vector"] = [64] },
            "not saved" => new() { Configure = c => c["modules_to_save"] = new JsonArray("norm", "score") },
            "alpha" => new() { Configure = c => c["lora_alpha"] = null },
            "kind" => new() { Configure = c => c["peft_type"] = "LOHA" },
            "replication" => new() { Configure = c => c["layer_replication"] = new JsonArray(new JsonArray(0, 1)) },
            "no type" => new() { Configure = c => c.Remove("peft_type") },
            "prefix" => new() { Change = s => Rename(s, Query + ".lora_A.weight", "model.q.lora_A.weight") },
            "half" => new() { Change = s => s.Remove(Query + ".lora_B.weight") },
            "layer" => new() { Change = s => { s["base_model.model.model.layers.9.self_attn.q_proj.lora_A.weight"] = [2, 64]; s["base_model.model.model.layers.9.self_attn.q_proj.lora_B.weight"] = [64, 2]; } },
            "width" => new() { Change = s => s[Query + ".lora_A.weight"] = [2, 63] },
            "rank" => new() { Configure = c => c["r"] = 3 },
            "wider" => new() { Configure = c => c["target_modules"] = new JsonArray("q_proj", "up_proj", "k_proj") },
            "nothing" => new() { Configure = c => c["target_modules"] = "nothing.*" },
            "expression" => new() { Configure = c => c["rank_pattern"] = new JsonObject { ["(q_proj"] = 2 } },
            "slow" => new() { Configure = c => c["rank_pattern"] = new JsonObject { ["(.+)*(.+)*(.+)*!"] = 2 } },
            "empty" => new() { Change = s => s.Clear() },
            "token" => new() { Configure = c => c["trainable_token_indices"] = new JsonArray(5, 999), Change = s => s["base_model.model.model.embed_tokens.token_adapter.trainable_tokens_delta"] = [2, 64] },
            "nan" => new() { Spoil = (name, values) => values[^1] = name.Contains("lora_A", StringComparison.Ordinal) ? values[^1] : float.NaN },
            "base" => new() { Configure = c => c["base_model_name_or_path"] = "org/another" },
            "setting" => new() { Configure = c => c["future_option"] = 1 },
            "untrained" => new() { Spoil = (name, values) => { if (name.Contains("lora_B", StringComparison.Ordinal)) { Array.Clear(values); } } },
            "whole" => new() { Change = s => s["base_model.model.model.norm.weight"] = [64] },
            "untie" => new() { Change = s => s["base_model.model.model.embed_tokens.weight"] = [264, 64] },
            _ => throw new ArgumentException(fault),
        };
        return adapter.Write(_scratch.PathOf("adapter"));
    }

    private static void Rename(Dictionary<string, long[]> shapes, string from, string to)
    {
        shapes.Remove(from, out long[]? shape);
        shapes.Add(to, shape!);
    }

    private string Base() => Directory.Exists(_scratch.PathOf("tiny")) ? _scratch.PathOf("tiny") : new TinyLlama().Write(_scratch.PathOf("tiny"));

    private Task<CkptResult> MergeAsync(string adapter, string weight = "", params string[] more) =>
        Ckpt.RunAsync(["convert", Base(), "--to", "huggingface", "--adapter", adapter + weight, "--output", _scratch.PathOf("out"), .. more]);

    private async Task<string> KeyAsync(string adapter)
    {
        await MergeAsync(adapter);
        return JsonElement.Parse(await File.ReadAllBytesAsync(_scratch.PathOf("out/build-report.json"), TestContext.Current.CancellationToken)).GetProperty("key").GetString()!;
    }
}

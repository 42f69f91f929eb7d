using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Readers;

namespace CheckpointBuild.Tests.Golden.TensorRtLlm;

/// <summary>Inputs that the topic does not keep: another input, changed as the topic's description says.</summary>
internal static class DamagedInputs
{
    private const string Victim = "model.layers.1.mlp.up_proj.weight";

    private static readonly Dictionary<string, Action<string>> Changes = new(StringComparer.Ordinal)
    {
        ["models/bad-noweights"] = folder => File.Delete(WeightsOf(folder)),
        ["models/bad-noconfig"] = folder => File.Delete(Path.Combine(folder, "config.json")),
        ["models/bad-missing"] = folder => Rewrite(folder, t => t.Where(x => x.Name != Victim)),
        ["models/bad-shape"] = folder => Rewrite(folder, t => t.Select(x => x.Name == Victim ? WithRows(x, 90) : x)),
        ["models/bad-shape2"] = folder => Rewrite(folder, t => t.Select(x => x.Name == Victim ? WithRows(x, 100) : x)),
        ["models/bad-trunc"] = folder => File.WriteAllBytes(WeightsOf(folder), File.ReadAllBytes(WeightsOf(folder))[..(int)(new FileInfo(WeightsOf(folder)).Length / 2)]),
        ["models/bad-arch"] = folder => EditConfig(folder, "config.json", json => json["architectures"] = new JsonArray("NoSuchForCausalLM")),
        ["models/bad-extra"] = folder => Rewrite(folder, t => t.Append(new SafetensorsTensor("model.extra.weight", "F32", [2, 2], new byte[16]))),
        ["models/in-gptq4-desc"] = folder => EditConfig(folder, "config.json", json => json["quantization_config"]!["desc_act"] = true),
        ["models/doc-llama-untied"] = Untie,
        ["models/missing-dir"] = folder => Directory.Delete(folder, recursive: true),
    };

    /// <summary>Whether an input is one of these.</summary>
    /// <param name="input">As the index names it.</param>
    /// <returns>True when it is made here.</returns>
    public static bool Knows(string input) => Changes.ContainsKey(Normal(input));

    /// <summary>Makes an input.</summary>
    /// <param name="input">As the index names it.</param>
    /// <param name="scratch">Where.</param>
    /// <returns>Its folder.</returns>
    public static string Make(string input, Scratch scratch)
    {
        string source = Normal(input) switch
        {
            "models/doc-llama-untied" => GoldenRoot.Topic("doc-llama").Reach(),
            "models/in-gptq4-desc" => TensorRtLlmCase.Topic.Reach("models/in-gptq4-g64-sym"),
            _ => TensorRtLlmCase.Topic.Reach("models/llama-gqa"),
        };
        string folder = scratch.PathOf(Path.GetFileName(Normal(input)));
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.EnumerateFiles(source))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        Changes[Normal(input)](folder);
        return folder;
    }

    // The index describes one of them in words.
    private static string Normal(string input) => input.StartsWith("doc-llama with lm_head", StringComparison.Ordinal) ? "models/doc-llama-untied" : input;

    private static string WeightsOf(string folder) => Path.Combine(folder, "model.safetensors");

    private static void EditConfig(string folder, string name, Action<JsonObject> edit)
    {
        string path = Path.Combine(folder, name);
        JsonObject json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        edit(json);
        File.WriteAllText(path, json.ToJsonString());
    }

    private static void Untie(string folder)
    {
        EditConfig(folder, "config.json", json => json["tie_word_embeddings"] = false);
        Rewrite(folder, tensors => tensors.ToArray() is var all ? all.Append(all.First(t => t.Name == "model.embed_tokens.weight") with { Name = "lm_head.weight" }) : []);
    }

    // Fewer rows are cut, more are repeated from the first on.
    private static SafetensorsTensor WithRows(SafetensorsTensor tensor, int rows)
    {
        int bytes = (int)(tensor.Data.Length / tensor.Shape[0]);
        byte[] data = new byte[rows * bytes];
        for (int row = 0; row < rows; row++)
        {
            tensor.Data.AsSpan((int)(row % tensor.Shape[0]) * bytes, bytes).CopyTo(data.AsSpan(row * bytes));
        }

        return tensor with { Shape = [rows, .. tensor.Shape.Skip(1)], Data = data };
    }

    private static void Rewrite(string folder, Func<IEnumerable<SafetensorsTensor>, IEnumerable<SafetensorsTensor>> change)
    {
        string path = Directory.GetFiles(folder, "*.safetensors").Single();
        SafetensorsTensor[] tensors = [.. change(SafetensorsReader.Read(path))];
        var header = new JsonObject();
        long offset = 0;
        foreach (SafetensorsTensor tensor in tensors)
        {
            header[tensor.Name] = new JsonObject
            {
                ["dtype"] = tensor.DType,
                ["shape"] = new JsonArray([.. tensor.Shape.Select(d => JsonValue.Create(d))]),
                ["data_offsets"] = new JsonArray(offset, offset + tensor.Data.Length),
            };
            offset += tensor.Data.Length;
        }

        byte[] text = Encoding.UTF8.GetBytes(header.ToJsonString());
        using FileStream file = File.Create(path);
        file.Write(BitConverter.GetBytes((long)text.Length));
        file.Write(text);
        foreach (SafetensorsTensor tensor in tensors)
        {
            file.Write(tensor.Data);
        }
    }
}

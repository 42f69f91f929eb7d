using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using CheckpointBuild.Acquisition;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tool.Nvidia;

/// <summary>A file of GPTQ weights alone, as GPTQ's own scripts leave it, with configuration and tokenizer of the model that it was made from: one folder of links, for as long as it is used.</summary>
internal sealed class JoinedModel : IDisposable
{
    private const string ConfigName = "config.json";

    private readonly DirectoryInfo _folder;

    private JoinedModel(DirectoryInfo folder, string name) => (_folder, Name) = (folder, name);

    /// <summary>The folder.</summary>
    public string Path => _folder.FullName;

    /// <summary>What the model is called.</summary>
    public string Name { get; }

    /// <summary>Whether weights say by a configuration beside them what they are.</summary>
    /// <param name="weights">A file or a folder.</param>
    /// <returns>True when there is one.</returns>
    public static bool IsComplete(string weights) => File.Exists(System.IO.Path.Combine(Directory.Exists(weights) ? weights : System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(weights))!, ConfigName));

    /// <summary>Puts both together.</summary>
    /// <param name="weights">The quantized weights: a file, or a folder of them.</param>
    /// <param name="model">The folder of the model that was quantized.</param>
    /// <param name="bits">Bits of a weight.</param>
    /// <param name="groupSize">Rows that share a scale.</param>
    /// <returns>The folder; dispose it after use.</returns>
    /// <exception cref="CheckpointException">CKPT1001 when the model has no configuration.</exception>
    public static JoinedModel Of(string weights, string model, int bits, int groupSize)
    {
        string config = System.IO.Path.Combine(model, ConfigName);
        string text = File.Exists(config) ? WithQuantization(File.ReadAllText(config), bits, groupSize) : throw Errors.FileNotFound(config);
        var joined = new JoinedModel(Directory.CreateTempSubdirectory("ckpt-"), System.IO.Path.GetFileNameWithoutExtension(weights.TrimEnd('/', '\\')));
        try
        {
            File.WriteAllText(System.IO.Path.Combine(joined.Path, ConfigName), text);
            foreach (string file in Directory.EnumerateFiles(model).Where(f => System.IO.Path.GetFileName(f) != ConfigName && !IsOfWeights(f)))
            {
                joined.Link(file, System.IO.Path.GetFileName(file));
            }

            IEnumerable<string> own = Directory.Exists(weights) ? Directory.EnumerateFiles(weights).Where(IsOfWeights) : [weights];
            foreach (string file in own)
            {
                joined.Link(file, Directory.Exists(weights) ? System.IO.Path.GetFileName(file) : System.IO.Path.GetExtension(file) == ".safetensors" ? "model.safetensors" : "pytorch_model.bin");
            }

            return joined;
        }
        catch
        {
            joined.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(true);

    private static bool IsOfWeights(string path) => BuildFiles.AreWeights(path) || path.EndsWith(".index.json", StringComparison.OrdinalIgnoreCase);

    // What the file does not say is whether its zero points are all the middle: taken as not, they are read as they stand. Text that is no JSON is for the reader to refuse.
    private static string WithQuantization(string config, int bits, int groupSize)
    {
        try
        {
            if (JsonNode.Parse(config) is JsonObject json)
            {
                json["quantization_config"] = new JsonObject { ["quant_method"] = "gptq", ["bits"] = bits, ["group_size"] = groupSize, ["desc_act"] = false, ["sym"] = false };
                return json.ToJsonString();
            }
        }
        catch (JsonException)
        {
        }

        return config;
    }

    private void Link(string file, string name)
    {
        string link = System.IO.Path.Combine(Path, name);
        try
        {
            File.CreateSymbolicLink(link, System.IO.Path.GetFullPath(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not every system lets every user make links.
            File.Copy(file, link);
        }
    }
}

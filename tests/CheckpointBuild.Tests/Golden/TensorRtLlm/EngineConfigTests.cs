using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Readers;
using CheckpointBuild.Tests.Tool;
using Xunit;

namespace CheckpointBuild.Tests.Golden.TensorRtLlm;

/// <summary>Engine configurations against what <c>trtllm-build --dry_run</c> wrote for the same flags and checkpoint.</summary>
public sealed class EngineConfigTests
{
    private static readonly GoldenTopic Builds = GoldenRoot.Topic("trtllm/build");

    public static TheoryData<string> Cases => Builds.Cases(topic => topic.ReadJson("index.json").EnumerateObject().Select(p => p.Name));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Trial_gives_the_builder_s_configuration(string name)
    {
        if (Builds.SaysAbsent(name))
        {
            return;
        }

        using var scratch = new Scratch();
        JsonElement one = Builds.ReadJson("index.json").GetProperty(name);
        string checkpoint = await CheckpointAsync(one, scratch);

        CkptResult result = await Ckpt.RunAsync([
            "build", "--engine", "tensorrt-llm-engine", "--dry-run", "--checkpoint_dir", checkpoint, "--output_dir", scratch.PathOf("engine"), "--cluster_key", "A100-SXM-80GB",
            .. one.GetProperty("argv").EnumerateArray().Select(a => a.GetString()!)]);

        if (one.TryGetProperty("error", out _))
        {
            Assert.True(result.IsRefusal, result.ToString());
            Assert.False(Directory.Exists(scratch.PathOf("engine")), result.ToString());
            return;
        }

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(await File.ReadAllTextAsync(Builds.Reach($"{name}/config.json"), TestContext.Current.CancellationToken), await File.ReadAllTextAsync(scratch.PathOf("engine/config.json"), TestContext.Current.CancellationToken));
    }

    // Made by us, which another suite holds against the reference's bytes, then changed as the case says.
    private static async Task<string> CheckpointAsync(JsonElement one, Scratch scratch)
    {
        await Ckpt.DoneAsync(TensorRtLlmCase.Find(one.GetProperty("ckpt").GetString()!).CommandLine(scratch, "reference"));
        string folder = scratch.PathOf("out");
        foreach (JsonProperty edit in Properties(one, "edit"))
        {
            Edit(Path.Combine(folder, "config.json"), edit.Name.Split('.'), edit.Value);
        }

        foreach (JsonProperty edit in Properties(one, "tensor_edit"))
        {
            EditTensor(Path.Combine(folder, "rank0.safetensors"), edit.Name, edit.Value.GetString()!);
        }

        foreach (JsonElement file in one.TryGetProperty("remove", out JsonElement files) ? files.EnumerateArray() : default)
        {
            File.Delete(Path.Combine(folder, file.GetString()!));
        }

        return folder;
    }

    private static JsonElement.ObjectEnumerator Properties(JsonElement one, string name) => one.TryGetProperty(name, out JsonElement json) ? json.EnumerateObject() : default;

    private static void Edit(string path, string[] names, JsonElement value)
    {
        JsonObject root = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        JsonObject parent = names[..^1].Aggregate(root, (json, name) => json[name]!.AsObject());
        if (value.ValueKind == JsonValueKind.String && value.GetString() == "__del__")
        {
            parent.Remove(names[^1]);
        }
        else
        {
            parent[names[^1]] = JsonNode.Parse(value.GetRawText());
        }

        // As Python would write it: what is not changed keeps its form.
        File.WriteAllText(path, root.ToJsonString());
    }

    private static void EditTensor(string path, string name, string edit)
    {
        List<SafetensorsTensor> tensors = [.. SafetensorsReader.Read(path)];
        int at = tensors.FindIndex(t => t.Name == name);
        switch (edit)
        {
            case "__del__":
                tensors.RemoveAt(at);
                break;
            case "__short__":
                tensors[at] = tensors[at] with { Shape = [tensors[at].Shape[0] - 1, .. tensors[at].Shape.Skip(1)], Data = tensors[at].Data[..^(int)(tensors[at].Data.Length / tensors[at].Shape[0])] };
                break;
            case "__f32__":
                tensors[at] = tensors[at] with { DType = "F32", Data = [.. tensors[at].Decode().SelectMany(BitConverter.GetBytes)] };
                break;
            default:
                tensors.Add(new SafetensorsTensor(name, "F32", [1], BitConverter.GetBytes(1f)));
                break;
        }

        DamagedInputs.Write(path, tensors);
    }
}

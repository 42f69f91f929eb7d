using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Runtime.Tests.Support;

/// <summary>Reads a Hugging Face folder with one safetensors file.</summary>
internal sealed class HandReadCheckpoint : IDisposable
{
    private readonly FileSource _file;

    public HandReadCheckpoint(string folder)
    {
        string configFile = Path.Combine(folder, "config.json");
        using JsonDocument config = JsonDocument.Parse(File.ReadAllText(configFile));
        ModelFamily family = ModelFamily.FindArchitecture(config.RootElement.GetProperty("architectures")[0].GetString())!;
        ModelConfig model = family.ReadConfig(new ConfigReader(configFile, config.RootElement));
        _file = new FileSource(Path.Combine(folder, "model.safetensors"));
        Dictionary<string, Tensor> tensors = ReadTensors();
        Checkpoint = new Checkpoint
        {
            Name = Path.GetFileName(folder),
            Dialect = "huggingface",
            Family = family,
            Config = model,
            Tensors = new RoleTable(family.TensorsOf(model).Select(spec => KeyValuePair.Create(spec.Role, tensors[spec.Name]))),
        };
    }

    public Checkpoint Checkpoint { get; }

    public void Dispose() => _file.Dispose();

    private Dictionary<string, Tensor> ReadTensors()
    {
        long headerLength = BinaryPrimitives.ReadInt64LittleEndian(_file.ReadBytes(0, 8));
        using JsonDocument header = JsonDocument.Parse(_file.ReadBytes(8, (int)headerLength));
        var tensors = new Dictionary<string, Tensor>();
        foreach (JsonProperty entry in header.RootElement.EnumerateObject().Where(e => e.Name != "__metadata__"))
        {
            DType dtype = DType.All.First(d => d.SafetensorsName == entry.Value.GetProperty("dtype").GetString());
            long[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64())];
            long offset = entry.Value.GetProperty("data_offsets")[0].GetInt64();
            tensors.Add(entry.Name, new Stored(entry.Name, dtype, new Shape(shape), _file, 8 + headerLength + offset));
        }

        return tensors;
    }
}

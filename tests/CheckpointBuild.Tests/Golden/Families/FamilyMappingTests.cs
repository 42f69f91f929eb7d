using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using CheckpointBuild.Building;
using CheckpointBuild.Models;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Readers;
using Xunit;

namespace CheckpointBuild.Tests.Golden.Families;

/// <summary>Every family's tensors to roles and back, and both styles of configuration.</summary>
public sealed class FamilyMappingTests
{
    public static TheoryData<string> Cases => FamilyCase.Names();

    public static TheoryData<string> OlderCases => FamilyCase.NamesWithOlderConfig();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Hugging_Face_to_roles_and_back_gives_the_same_names_shapes_and_bytes(string name)
    {
        if (FamilyCase.Open(name) is not { } family)
        {
            return;
        }

        using var scratch = new Scratch();
        string source = family.Assemble(scratch, older: false);
        using (EngineBuild build = EngineBuild.Open(source, new Recipe { Engine = "huggingface" }, new SourceHashes(null)))
        {
            build.Run(scratch.PathOf("back"), new BuilderOptions(), HashTrust.Remembered, TestContext.Current.CancellationToken);
        }

        Assert.Equal(Describe(source), Describe(scratch.PathOf("back")));
        Assert.True(JsonNode.DeepEquals(ReadJson(source), ReadJson(scratch.PathOf("back"))), "config.json is another");
    }

    [Theory]
    [MemberData(nameof(OlderCases))]
    public void Both_styles_of_configuration_read_to_the_same_model(string name)
    {
        if (FamilyCase.Open(name) is not { } family)
        {
            return;
        }

        using var scratch = new Scratch();
        Assert.Equal(Json(FamilyCase.ReadConfig(family.Assemble(scratch, older: false))), Json(FamilyCase.ReadConfig(family.Assemble(scratch, older: true))));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Configuration_that_we_write_reads_to_the_same_model(string name)
    {
        if (FamilyCase.Open(name) is not { } family)
        {
            return;
        }

        using var scratch = new Scratch();
        string folder = family.Assemble(scratch, older: false);
        ModelConfig config = FamilyCase.ReadConfig(folder);
        ModelFamily model = ModelFamily.FindArchitecture(JsonElement.Parse(File.ReadAllBytes(Path.Combine(folder, "config.json"))).GetProperty("architectures")[0].GetString())!;

        ModelConfig again = model.ReadConfig(new ConfigReader("config.json", JsonElement.Parse(model.WriteConfig(config).ToJsonString())));

        Assert.Equal(Json(config), Json(again with { StatedDType = config.StatedDType, HeadDimensionIsStated = config.HeadDimensionIsStated, ContextIsStated = config.ContextIsStated }));
    }

    private static JsonNode? ReadJson(string folder) => JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "config.json")));

    // PyTorch's own containers hold a copy of a tied head, which safetensors leave out.
    private static IEnumerable<string> Describe(string folder) => Directory.GetFiles(folder, "*.safetensors")
        .SelectMany(SafetensorsReader.Read)
        .Concat(Directory.GetFiles(folder, "pytorch_model*.bin").SelectMany(TorchReader.Read).Where(t => t.Name != "lm_head.weight"))
        .Select(t => $"{t.Name} {t.DType} [{string.Join(',', t.Shape)}] {Hash.Of(t.Data)}")
        .Order(StringComparer.Ordinal);

    // Lists inside a record are compared by what they hold.
    private static string Json(ModelConfig config) => JsonSerializer.Serialize(config);
}

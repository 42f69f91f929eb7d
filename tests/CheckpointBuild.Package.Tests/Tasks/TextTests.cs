using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Text.Json;
using System.Xml.Linq;
using CheckpointBuild.Tasks.Checkpoints;
using CheckpointBuild.Tasks.Diagnostics;
using CheckpointBuild.Tasks.Placing;
using CheckpointBuild.Tasks.States;
using CheckpointBuild.Tasks.Worker;
using Microsoft.Build.Utilities;
using Xunit;

namespace CheckpointBuild.Package.Tests.Tasks;

/// <summary>The small texts that tasks, tool and build exchange: what is written is read back as it was.</summary>
public sealed class TextTests
{
    private static readonly string[] Awkward =
    [
        "", "plain", "two words", "a\"quote", "back\\slash", "ends in \\", "tab\there", "line\nend", "\\t is no tab", "50%", "%41", "a;b", "@(x)", "$(y)", "ünïcödé 模型", "\U0001F999", "it's",
    ];

    public static TheoryData<string> Texts => [.. Awkward];

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_field_comes_back_from_a_tabbed_line(string text) => Assert.Equal(["a", text, "b"], TabbedLine.Split(TabbedLine.Join("a", text, "b")));

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_string_comes_back_from_json(string text) =>
        Assert.Equal(text, JsonDocument.Parse(new JsonText().Open('[').Value(text).Close(']').ToString()).RootElement[0].GetString());

    [Theory]
    [MemberData(nameof(Texts))]
    public void Metadata_come_back_from_an_item(string text)
    {
        var item = new TaskItem("x");
        item.SetMetadata("Value", EngineItems.Escape(text));
        Assert.Equal(text, item.GetMetadata("Value"));
    }

    [Theory]
    [InlineData("DType", "dtype")]
    [InlineData("MaxShardSize", "max-shard-size")]
    [InlineData("TensorRtLlmVersion", "tensor-rt-llm-version")]
    public void An_option_is_its_metadata_in_kebab_case(string metadata, string option) => Assert.Equal(option, CommandLine.Kebab(metadata));

    [Fact]
    public void Every_known_metadata_has_a_default_from_a_property_and_nothing_else_has()
    {
        XElement definition = XDocument.Load(System.IO.Path.Combine(RepositoryPaths.Root, "build", "CheckpointBuild.Tasks.props")).Descendants("ModelCheckpoint").Single();

        Assert.Equal(
            CheckpointMetadata.Placement.Concat(CheckpointMetadata.Recipe).Select(name => (name, $"$(CheckpointBuild{name})")),
            definition.Elements().Select(e => (e.Name.LocalName, e.Value)));
    }

    [Fact]
    public void Every_code_is_used_once_and_lies_in_the_tasks_range()
    {
        string[] codes = [.. typeof(TaskErrors).GetMethods(BindingFlags.Static | BindingFlags.NonPublic)
            .Where(m => m.ReturnType == typeof(TaskDiagnostic))
            .Select(m => ((TaskDiagnostic)m.Invoke(null, [.. m.GetParameters().Select(p => Sample(p.ParameterType))])!).Code)];

        Assert.Equal(codes.Length, codes.Distinct().Count());
        Assert.All(codes, code => Assert.Matches("^CKPT71[0-9]{2}$", code));
    }

    private static object Sample(Type type) => type == typeof(int?) || type == typeof(int) ? 1 : type == typeof(long) ? 1L : type == typeof(IReadOnlyList<string>) ? new[] { "x" } : "x";
}

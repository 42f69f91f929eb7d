using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Tasks.Checkpoints;
using CheckpointBuild.Tasks.Sources;
using Xunit;

namespace CheckpointBuild.Package.Tests.Tasks;

/// <summary>Names of engines in source.</summary>
public sealed class EngineSourceTests
{
    [Theory]
    [InlineData("doc-llama", "DocLlama")]
    [InlineData("Llama-3.2-1B", "Llama321B")]
    [InlineData("7b", "_7b")]
    [InlineData("модель", "Модель")]
    [InlineData("--", "Engine")]
    public void Names_become_identifiers(string name, string expected) => Assert.Equal(expected, EngineSource.Identifier(name));

    [Fact]
    public void Names_that_meet_in_one_identifier_are_told_apart()
    {
        string source = Source("doc-llama", "doc_llama", "path");

        Assert.All(new[] { "class DocLlama\n", "class DocLlama_2\n", "class Path_2\n" }, part => Assert.Contains(part, source));
    }

    [Fact]
    public void Letters_that_would_end_a_literal_are_escaped() => Assert.Contains("\"a\\u0022b\\u005cc\"", Source("a\"b\\c"));

    [Fact]
    public void The_class_stands_in_a_namespace_of_the_assembly_and_is_seen_without_an_import() =>
        Assert.All(new[] { "global using ModelEngines = global::ModelEnginesOf.App.ModelEngines;\n", "namespace ModelEnginesOf.App\n" }, part => Assert.Contains(part, Source("m")));

    [Theory]
    [InlineData("14.0", true)]
    [InlineData("10", true)]
    [InlineData("latest", true)]
    [InlineData("9.0", false)]
    [InlineData("7.3", false)]
    [InlineData("ISO-2", false)]
    [InlineData("", false)]
    public void Global_imports_came_with_the_tenth_version(string version, bool expected) => Assert.Equal(expected, EngineSource.HasGlobalUsings(version));

    [Fact]
    public void Visual_Basic_tells_names_apart_whatever_their_case()
    {
        string source = EngineLanguages.VisualBasic(Items("Llama", "LLAMA", "a\"b\tc"), "");

        Assert.All(new[] { "Class [Llama]\n", "Class [LLAMA_2]\n", "\"a\"\"b\" & Global.Microsoft.VisualBasic.ChrW(9) & \"c\"" }, part => Assert.Contains(part, source));
    }

    private static IEnumerable<CheckpointItem> Items(params string[] names) => names.Select(n => new CheckpointItem(TaskBench.Bare("x"), "/models/x", n, "models", []));

    private static string Source(params string[] names) =>
        EngineSource.Of(Items(names), "", "App");
}

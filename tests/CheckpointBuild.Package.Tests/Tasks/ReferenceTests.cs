using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Xml.Linq;
using CheckpointBuild.Building;
using CheckpointBuild.Tasks;
using CheckpointBuild.Tasks.Checkpoints;
using CheckpointBuild.Tasks.Diagnostics;
using Xunit;

namespace CheckpointBuild.Package.Tests.Tasks;

/// <summary>The reference page, the property page and the editor schema name what there is, and nothing else.</summary>
public sealed class ReferenceTests
{
    private static readonly string[] Metadata = [.. CheckpointMetadata.Placement.Concat(CheckpointMetadata.Recipe).Order(StringComparer.Ordinal)];

    public static TheoryData<string> Generated => [.. GeneratedNames.Files];

    [Theory]
    [MemberData(nameof(Generated))]
    public void A_file_that_names_every_metadata_is_what_the_lists_make(string file)
    {
        string right = GeneratedNames.RightTextOf(file);
        if (File.ReadAllText(Path.Combine(RepositoryPaths.Root, file)) != right)
        {
            string place = Path.Combine(RepositoryPaths.Root, "artifacts", "generated", file);
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            File.WriteAllText(place, right);
            Assert.Fail($"{file} is not what the lists make; copy artifacts/generated/{file} over it.");
        }
    }

    [Fact]
    public void Every_field_of_a_recipe_is_a_metadata() => Assert.Empty(RecipeField.All.Select(f => f.Name).Except(Metadata));

    [Fact]
    public void The_reference_lists_every_public_target()
    {
        IEnumerable<string> targets = new[] { "props", "targets" }.SelectMany(end => XDocument.Load(Build($"CheckpointBuild.Tasks.{end}")).Descendants("Target")).Select(t => (string)t.Attribute("Name")!);
        Assert.Equal(targets.Where(t => !t.StartsWith('_')).Order(StringComparer.Ordinal), Table("targets"));
    }

    [Fact]
    public void The_reference_lists_every_property_that_the_targets_read()
    {
        string text = File.ReadAllText(Build("CheckpointBuild.Tasks.targets"));
        Assert.All(Table("properties"), property => Assert.Contains($"$({property})", text, StringComparison.Ordinal));
        IEnumerable<string> read = System.Text.RegularExpressions.Regex.Matches(text, @"\$\((CheckpointBuild\w+)\)").Select(m => m.Groups[1].Value).Distinct();
        Assert.Empty(read.Except(Table("properties")).Except(Metadata.Select(m => "CheckpointBuild" + m)));
    }

    [Fact]
    public void The_reference_lists_every_parameter_of_the_tasks() =>
        Assert.Equal(typeof(WorkerTask).GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly).Select(p => p.Name).Order(StringComparer.Ordinal), Table("parameters"));

    [Fact]
    public void The_reference_lists_every_code_of_the_tasks()
    {
        string source = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "src", "CheckpointBuild.Tasks", "Diagnostics", "TaskErrors.cs"));
        Assert.NotEmpty(typeof(TaskErrors).GetMethods(BindingFlags.Static | BindingFlags.NonPublic));
        Assert.Equal(System.Text.RegularExpressions.Regex.Matches(source, "\"(CKPT\\d{4})\"").Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal), Table("codes"));
    }

    private static string Page => Path.Combine(RepositoryPaths.Root, "src", "CheckpointBuild.Tasks", "REFERENCE.md");

    private static string Build(string name) => Path.Combine(RepositoryPaths.Root, "build", name);

    private static string[] Table(string name)
    {
        string[] rows = [.. File.ReadAllLines(Page).SkipWhile(l => l != $"<!-- list:{name} -->").Skip(1).TakeWhile(l => l != "<!-- /list -->")];
        Assert.True(rows.Length > 2, $"The reference has no table {name}.");
        return [.. rows.Skip(2).Select(r => r.Split('|')[1].Trim()).Order(StringComparer.Ordinal)];
    }
}

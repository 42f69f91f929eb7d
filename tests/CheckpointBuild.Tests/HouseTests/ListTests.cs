using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.HouseTests;

/// <summary>Every variant stands in its list once, and the README's tables are the lists.</summary>
public sealed class ListTests
{
    // What the README calls each list.
    private static readonly Dictionary<string, string> Tables = new(StringComparer.Ordinal)
    {
        ["ModelFamily"] = "families",
        ["Format"] = "formats",
        ["Dialect"] = "dialects",
        ["DType"] = "dtypes",
        ["QuantizationMethod"] = "quantization-methods",
        ["TokenizerKind"] = "tokenizers",
        ["Converter"] = "converters",
    };

    private static readonly string[] Designed = ["DType", "Format", "Dialect", "ModelFamily"];

    public static TheoryData<string> Lists => [.. BuiltInList.All.Select(l => l.Base.Name)];

    [Fact]
    public void The_lists_of_the_design_are_found()
    {
        Findings.None(Designed.Except(BuiltInList.All.Select(l => l.Base.Name)));
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public void Every_concrete_type_stands_in_its_list(string name)
    {
        BuiltInList list = Named(name);
        IEnumerable<Type> concrete = list.Base.Assembly.GetTypes().Where(t => t.IsSubclassOf(list.Base) && !t.IsAbstract);

        Findings.None(concrete.Except(list.Entries.Select(e => e.GetType())).Select(t => t.FullName));
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public void Names_stand_in_their_list_once(string name)
    {
        Findings.None(Named(name).Entries.GroupBy(BuiltInList.NameOf, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1).Select(g => g.Key));
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public void Readme_table_equals_the_list(string name)
    {
        Assert.True(Tables.TryGetValue(name, out string? mark), $"Say here what the README calls the table of {name}.All.");
        Assert.Equal(Named(name).Entries.Select(BuiltInList.NameOf), ReadmeTable(mark));
    }

    private static BuiltInList Named(string name) => BuiltInList.All.Single(l => l.Base.Name == name);

    // The first cells of the rows below the head of the table between <!-- list:NAME --> and <!-- /list -->.
    private static IEnumerable<string> ReadmeTable(string mark)
    {
        IEnumerable<string> lines = File.ReadAllLines(Repository.PathOf("README.md"));
        string[] table = [.. lines
            .SkipWhile(line => line.Trim() != $"<!-- list:{mark} -->").Skip(1)
            .TakeWhile(line => line.Trim() != "<!-- /list -->")
            .Where(line => line.StartsWith('|'))];
        Assert.True(table.Length > 2, $"README.md has no table between <!-- list:{mark} --> and <!-- /list -->.");
        return table.Skip(2).Select(row => row.Split('|')[1].Trim().Trim('`'));
    }
}

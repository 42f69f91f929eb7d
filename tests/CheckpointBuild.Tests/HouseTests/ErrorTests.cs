using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.HouseTests;

/// <summary>Each code has one factory, each factory is used by the product, and each code is named by a test that provokes it.</summary>
public sealed partial class ErrorTests
{
    private static readonly Dictionary<string, string> Thousands = new(StringComparer.Ordinal)
    {
        ["1"] = "Errors.Reading.cs",
        ["2"] = "Errors.Mapping.cs",
        ["3"] = "Errors.Stages.cs",
        ["4"] = "Errors.Writing.cs",
        ["5"] = "Errors.Running.cs",
        ["6"] = "Errors.Acquisition.cs",
        ["7"] = "Errors.Building.cs",
        ["9"] = "Errors.Usage.cs",
    };

    [Fact]
    public void Every_factory_is_seen_by_these_tests()
    {
        Findings.None(ErrorFactory.Methods.Select(m => m.Name).Except(ErrorFactory.All.Select(f => f.Name)).Select(name => $"Errors.{name}: its code is not to be seen in its source"));
    }

    [Fact]
    public void Codes_stand_in_the_source_once()
    {
        IEnumerable<(string Code, string Path)> literals =
            from file in SourceFile.Product
            from Match match in CodeLiteral().Matches(file.Text)
            select (match.Groups[1].Value, file.Path);

        Findings.None(literals.GroupBy(l => l.Code).Where(g => g.Count() > 1).Select(g => $"{g.Key}: {string.Join(", ", g.Select(l => l.Path))}"));
    }

    [Fact]
    public void Codes_stand_in_the_file_of_their_thousand()
    {
        Findings.None(ErrorFactory.All
            .Where(f => !f.File.EndsWith("/" + Thousands.GetValueOrDefault(f.Code[4..5], "?"), StringComparison.Ordinal))
            .Select(f => $"{f.Code} {f.Name} stands in {f.File}"));
    }

    [Fact]
    public void Messages_say_what_is_wrong_and_then_what_to_do()
    {
        Findings.None(ErrorFactory.All
            .Select(f => (f.Code, f.SampleMessage))
            .Where(f => !f.SampleMessage.EndsWith('.') || !f.SampleMessage.Contains(". ", StringComparison.Ordinal))
            .Select(f => $"{f.Code}: {f.SampleMessage}"));
    }

    [Fact]
    public void Factories_are_all_used_by_the_product()
    {
        string product = string.Join('\n', SourceFile.Product.Where(f => !ErrorFactory.IsHome(f)).Select(f => f.Text));
        Findings.None(ErrorFactory.All.Where(f => !product.Contains($"Errors.{f.Name}(", StringComparison.Ordinal)).Select(f => $"{f.Code} {f.Name}: nothing in the product raises it"));
    }

    [Fact]
    public void Codes_are_all_named_by_a_test()
    {
        string tests = string.Join('\n', SourceFile.Tests.Select(f => f.Text));
        Findings.None(ErrorFactory.All.Where(f => !tests.Contains(f.Code, StringComparison.Ordinal)).Select(f => $"{f.Code} {f.Name}: no test names its code"));
    }

    [Fact]
    public void Documentation_names_only_codes_that_exist()
    {
        HashSet<string> known = [.. SourceFile.Product.SelectMany(f => CodeLiteral().Matches(f.Text)).Select(m => m.Groups[1].Value)];
        IEnumerable<string> wrong =
            from file in SourceFile.Product
            from Match match in AnyCode().Matches(file.Text)
            where !known.Contains(match.Value)
            select $"{file.Path}: {match.Value}";

        Findings.None(wrong.Distinct());
    }

    [GeneratedRegex("\"(CKPT\\d{4})\"")]
    private static partial Regex CodeLiteral();

    [GeneratedRegex("CKPT\\d{4}")]
    private static partial Regex AnyCode();
}

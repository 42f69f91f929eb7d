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
    // Which file holds which codes; the longest beginning counts.
    private static readonly Dictionary<string, string> Homes = new(StringComparer.Ordinal)
    {
        ["CKPT1"] = "Errors.Reading.cs",
        ["CKPT2"] = "Errors.Mapping.cs",
        ["CKPT115"] = "Errors.PyTorch.cs",
        ["CKPT125"] = "Errors.PyTorch.cs",
        ["CKPT135"] = "Errors.PyTorch.cs",
        ["CKPT215"] = "Errors.Torchtune.cs",
        ["CKPT216"] = "Errors.Torchtune.cs",
        ["CKPT217"] = "Errors.Torchtune.cs",
        ["CKPT915"] = "Errors.Torchtune.cs",
        ["CKPT415"] = "Errors.Torchtune.cs",
        ["CKPT21"] = "Errors.Tokenizers.cs",
        ["CKPT226"] = "Errors.Adapters.cs",
        ["CKPT236"] = "Errors.Adapters.cs",
        ["CKPT3"] = "Errors.Stages.cs",
        ["CKPT32"] = "Errors.TensorRtLlm.cs",
        ["CKPT4"] = "Errors.Writing.cs",
        ["CKPT5"] = "Errors.Running.cs",
        ["CKPT6"] = "Errors.Acquisition.cs",
        ["CKPT7"] = "Errors.Building.cs",
        ["CKPT71"] = "TaskErrors.cs",
        ["CKPT9"] = "Errors.Usage.cs",
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
            select (match.Groups["code"].Value, file.Path);

        Findings.None(literals.GroupBy(l => l.Code).Where(g => g.Count() > 1).Select(g => $"{g.Key}: {string.Join(", ", g.Select(l => l.Path))}"));
    }

    [Fact]
    public void Codes_stand_in_the_file_of_their_number()
    {
        Findings.None(ErrorFactory.All
            .Where(f => !f.File.EndsWith("/" + HomeOf(f.Code), StringComparison.Ordinal))
            .Select(f => $"{f.Code} {f.Name} stands in {f.File}, not in {HomeOf(f.Code)}"));
    }

    [Fact]
    public void Messages_say_what_is_wrong_and_then_what_to_do()
    {
        Findings.None(ErrorFactory.Methods
            .Select(m => (m.Name, Message: ErrorFactory.SampleMessage(m)))
            .Where(f => !f.Message.EndsWith('.') || !f.Message.Contains(". ", StringComparison.Ordinal))
            .Select(f => $"{f.Name}: {f.Message}"));
    }

    [Fact]
    public void Factories_are_all_used_by_the_product()
    {
        string product = string.Join('\n', SourceFile.Product.Where(f => !ErrorFactory.IsHome(f)).Select(f => f.Text));
        Findings.None(ErrorFactory.All.Where(f => !product.Contains(f.Call, StringComparison.Ordinal)).Select(f => $"{f.Code} {f.Name}: nothing in the product raises it"));
    }

    [Fact]
    public void Codes_are_all_named_by_a_test()
    {
        string tests = string.Join('\n', SourceFile.Tests.Select(f => f.Text));
        Findings.None(ErrorFactory.All.Where(f => !tests.Contains(f.Code, StringComparison.Ordinal)).Select(f => $"{f.Code} {f.Name}: no test names its code"));
    }

    [Fact]
    public void Thrown_codes_in_documentation_exist()
    {
        HashSet<string> known = [.. ErrorFactory.All.Select(f => f.Code)];
        IEnumerable<string> wrong =
            from file in SourceFile.Product
            from line in file.Lines
            where line.Contains("<exception", StringComparison.Ordinal)
            from Match match in AnyCode().Matches(line)
            where !known.Contains(match.Value)
            select $"{file.Path}: {match.Value}";

        Findings.None(wrong.Distinct());
    }

    private static string HomeOf(string code) => Homes[Homes.Keys.Where(beginning => code.StartsWith(beginning, StringComparison.Ordinal)).MaxBy(beginning => beginning.Length)!];

    [GeneratedRegex("\"(?<code>CKPT\\d{4})\"")]
    private static partial Regex CodeLiteral();

    [GeneratedRegex("CKPT\\d{4}")]
    private static partial Regex AnyCode();
}

using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace CheckpointBuild.Package.Tests.Package;

/// <summary>How a command ended.</summary>
/// <param name="Command">Its arguments.</param>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Everything it wrote.</param>
public sealed partial record CommandResult(string Command, int ExitCode, string Output)
{
    /// <summary>Every code of ours that stands in the output, each once.</summary>
    public string[] Codes => [.. CodePattern().Matches(Output).Select(m => m.Value).Distinct()];

    /// <summary>Fails the test, with the output, unless the command succeeded.</summary>
    public CommandResult Succeeded()
    {
        Assert.True(ExitCode == 0, $"dotnet {Command} ended with {ExitCode}:\n{Output}");
        return this;
    }

    /// <summary>Fails the test unless the command failed as a refusal should: with a code of ours, and without a stack trace.</summary>
    public CommandResult Refused()
    {
        Assert.True(ExitCode != 0, $"dotnet {Command} succeeded:\n{Output}");
        Assert.True(Codes.Length > 0, $"dotnet {Command} failed without a code:\n{Output}");
        Assert.DoesNotContain("MSB4018", Output);
        Assert.DoesNotContain("MSB4181", Output);
        Assert.DoesNotContain("Unhandled exception", Output);
        return this;
    }

    [GeneratedRegex("CKPT[0-9]{4}")]
    private static partial Regex CodePattern();
}

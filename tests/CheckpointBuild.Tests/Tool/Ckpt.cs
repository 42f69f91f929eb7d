using System.IO;
using System.Threading.Tasks;
using CheckpointBuild.Tool;
using Xunit;

namespace CheckpointBuild.Tests.Tool;

/// <summary>The tool, called in this process as its entry point calls itself.</summary>
internal static class Ckpt
{
    /// <summary>Runs the tool.</summary>
    /// <param name="arguments">As on the command line.</param>
    /// <returns>What it gave.</returns>
    public static Task<CkptResult> RunAsync(params string[] arguments) => RunWithInputAsync("", arguments);

    /// <summary>Runs the tool with a text on standard input.</summary>
    /// <param name="input">The text.</param>
    /// <param name="arguments">As on the command line.</param>
    /// <returns>What it gave.</returns>
    public static Task<CkptResult> RunWithInputAsync(string input, params string[] arguments) => RunWithInputAsync(new StringReader(input), arguments);

    /// <summary>Runs the tool with a standard input.</summary>
    /// <param name="input">Standard input; disposed at the end.</param>
    /// <param name="arguments">As on the command line.</param>
    /// <returns>What it gave.</returns>
    public static async Task<CkptResult> RunWithInputAsync(TextReader input, params string[] arguments)
    {
        using TextReader reader = input;
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        int exitCode = await Program.RunAsync(arguments, reader, output, error, TestContext.Current.CancellationToken);
        return new CkptResult("ckpt " + string.Join(' ', arguments), exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Runs the tool and fails unless it is done.</summary>
    /// <param name="arguments">As on the command line.</param>
    /// <returns>What it gave.</returns>
    public static async Task<CkptResult> DoneAsync(params string[] arguments)
    {
        CkptResult result = await RunAsync(arguments);
        Assert.True(result.ExitCode == 0, result.ToString());
        return result;
    }
}

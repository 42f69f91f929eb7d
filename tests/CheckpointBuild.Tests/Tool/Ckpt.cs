using System.IO;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;
using Xunit;

namespace CheckpointBuild.Tests.Tool;

/// <summary>The tool, called in this process as its entry point calls itself.</summary>
internal static class Ckpt
{
    private static readonly MethodInfo? Entry = typeof(CkptResult).Assembly.GetReferencedAssemblies().Where(a => a.Name == "ckpt").Select(Assembly.Load).FirstOrDefault()?
        .GetType("CheckpointBuild.Tool.Program")?.GetMethod("RunAsync", BindingFlags.NonPublic | BindingFlags.Static);

    /// <summary>Runs the tool.</summary>
    /// <param name="arguments">As on the command line.</param>
    /// <returns>What it gave.</returns>
    public static Task<CkptResult> RunAsync(params string[] arguments) => RunAsync("", arguments);

    /// <summary>Runs the tool with a text on standard input.</summary>
    /// <param name="input">The text.</param>
    /// <param name="arguments">As on the command line.</param>
    /// <returns>What it gave.</returns>
    public static async Task<CkptResult> RunAsync(string input, string[] arguments)
    {
        using var reader = new StringReader(input);
        using var output = new StringWriter();
        using var error = new StringWriter();
        int exitCode = await (Task<int>)Entry!.Invoke(null, [arguments, reader, output, error, TestContext.Current.CancellationToken])!;
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

using System.Collections.Generic;
using System.IO;
using System.Linq;
using Xunit;

namespace CheckpointBuild.Package.Tests;

/// <summary>A table of this project's README that a list makes.</summary>
internal static class ReadmeTable
{
    /// <summary>Fails unless the README has exactly these lines between <c>list:NAME</c> and <c>/list</c>; the right ones are then in a file below <c>artifacts/</c>.</summary>
    internal static void Is(string name, IEnumerable<string> lines)
    {
        string expected = string.Join('\n', lines);
        string readme = Path.Combine(RepositoryPaths.Root, "tests", "CheckpointBuild.Package.Tests", "README.md");
        string found = string.Join('\n', File.ReadAllLines(readme).SkipWhile(l => l != $"<!-- list:{name} -->").Skip(1).TakeWhile(l => l != "<!-- /list -->"));
        if (found != expected)
        {
            string right = Path.Combine(RepositoryPaths.Root, "artifacts", $"table.{name}.md");
            File.WriteAllText(right, expected + "\n");
            Assert.Fail($"The table {name} of tests/CheckpointBuild.Package.Tests/README.md is not what the list says; the right one is in artifacts/table.{name}.md.");
        }
    }
}

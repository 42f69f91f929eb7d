using System;
using System.Globalization;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace CheckpointBuild.Package.Tests.Package;

/// <summary>Whatever a developer does in whatever order: after the next build the output is what a build from scratch gives.</summary>
/// <remarks>The tasks run in this process in the order in which the targets call them, over the tool itself; the stock copy, which finds nothing to do after them, is left to the matrix.</remarks>
public sealed class StaleTests
{
    private const string SequencesVariable = "CHECKPOINTBUILD_SEQUENCES";
    private const int DefaultSequences = 3;
    private const int Longest = 8;

    [Fact]
    public void The_output_is_never_stale()
    {
        using var day = new StaleDay();
        int sequences = int.TryParse(Environment.GetEnvironmentVariable(SequencesVariable), NumberStyles.None, CultureInfo.InvariantCulture, out int asked) ? asked : DefaultSequences;
        Arbitrary<StaleEdit[]> edits = Gen.Elements(Enum.GetValues<StaleEdit>()).ArrayOf().Resize(Longest).Where(e => e.Length > 0).ToArbitrary();
        Prop.ForAll(edits, sequence =>
        {
            day.Begin();
            foreach (StaleEdit edit in sequence)
            {
                day.Do(edit);
                day.BuildAndCompare(string.Join(", ", sequence.Select(e => e.ToString())));
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(sequences));
    }
}

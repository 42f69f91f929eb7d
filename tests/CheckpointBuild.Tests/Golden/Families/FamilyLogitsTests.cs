using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics.Tensors;
using CheckpointBuild.Runtime;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Reports.Expectations;
using Xunit;

namespace CheckpointBuild.Tests.Golden.Families;

/// <summary>The one forward pass against the reference's, for every family.</summary>
public sealed class FamilyLogitsTests(ITestOutputHelper output)
{
    public static TheoryData<string> Cases => FamilyCase.Names();

    public static TheoryData<string> OlderCases => FamilyCase.NamesWithOlderConfig();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Logits_of_one_pass_equal_the_reference(string name) => CompareOnePass(name, older: false);

    [Theory]
    [MemberData(nameof(OlderCases))]
    public void Logits_by_the_older_configuration_equal_the_reference(string name) => CompareOnePass(name, older: true);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Logits_and_greedy_ids_of_a_cached_continuation_equal_the_reference(string name)
    {
        if (FamilyCase.Open(name) is not { } family)
        {
            return;
        }

        using var scratch = new Scratch();
        using Decoder decoder = FamilyCase.Load(family.Assemble(scratch, older: false));
        List<float> logits = [.. decoder.Forward(family.Prompt)];
        List<int> greedy = [TensorPrimitives.IndexOfMax<float>(logits.ToArray())];
        foreach (int id in family.Greedy)
        {
            ReadOnlySpan<float> row = decoder.Forward([id]);
            logits.AddRange(row);
            greedy.Add(TensorPrimitives.IndexOfMax(row));
        }

        Compare(family, [.. logits], family.Prompt.Length - 1);
        Assert.Equal(family.Greedy, greedy.Take(family.Greedy.Length));
    }

    private void CompareOnePass(string name, bool older)
    {
        if (FamilyCase.Open(name) is not { } family)
        {
            return;
        }

        using var scratch = new Scratch();
        using Decoder decoder = FamilyCase.Load(family.Assemble(scratch, older));
        int[] ids = [.. family.Prompt, .. family.Greedy];
        float[] logits = new float[ids.Length * family.Vocabulary];
        decoder.ForwardAll(ids, logits);

        int first = family.FirstComparableRow;
        Compare(family, logits[(first * family.Vocabulary)..], first);
    }

    private void Compare(FamilyCase family, float[] actual, int firstRow)
    {
        float[] expected = family.Logits[(firstRow * family.Vocabulary)..];
        Assert.Equal(expected.Length, actual.Length);
        output.WriteLine($"largest difference {expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max()}");
        Findings.None(FloatDistance.Faults(actual, expected, family.Tolerance));
    }
}

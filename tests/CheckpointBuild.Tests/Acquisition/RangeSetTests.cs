using System.Linq;
using CheckpointBuild.Acquisition;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Acquisition;

/// <summary>Runs of bytes against the plain way of counting them.</summary>
public sealed class RangeSetTests
{
    private const int Size = 200;

    [Fact]
    public void Runs_are_those_of_a_bit_per_byte()
    {
        var random = new SeededRandom(1);
        for (int round = 0; round < 200; round++)
        {
            var set = new RangeSet();
            bool[] bytes = new bool[Size];
            for (int i = 0; i < 12; i++)
            {
                int start = random.Next(Size);
                int end = start + random.Next(Size - start + 1);
                set.Add(new ByteRange(start, end));
                System.Array.Fill(bytes, true, start, end - start);
            }

            int from = random.Next(Size);
            int to = from + random.Next(Size - from + 1);
            bool[] missing = new bool[Size];
            foreach (ByteRange gap in set.Missing(new ByteRange(from, to)))
            {
                System.Array.Fill(missing, true, (int)gap.Start, (int)gap.Length);
            }

            Assert.Equal(bytes.Count(b => b), set.Total);
            Assert.Equal(bytes.TakeWhile(b => b).Count(), set.Frontier);
            Assert.Equal(Enumerable.Range(0, Size).Select(i => i >= from && i < to && !bytes[i]), missing);
        }
    }
}

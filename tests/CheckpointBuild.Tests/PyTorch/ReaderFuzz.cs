using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tests.Formats;
using CheckpointBuild.Tests.Golden;
using CheckpointBuild.Tests.Laws;
using Xunit;

namespace CheckpointBuild.Tests.PyTorch;

/// <summary>Damaged files for the readers of pickles, zip archives and safetensors. Every input follows from its number, so that a failure names all that is needed to see it again.</summary>
/// <remarks>A few thousand inputs by default; <c>CHECKPOINTBUILD_FUZZ=200000</c> sets another number, <c>75860..75861</c> a part of them, and prints the slowest and the hungriest input. The files that are damaged are the golden ones of the readers and what our own writers give.</remarks>
public sealed class ReaderFuzz(ITestOutputHelper output)
{
    private const string Variable = "CHECKPOINTBUILD_FUZZ";
    private const int Usual = 3000;
    private const int LargestSeedBytes = 64 << 10;

    // One input in so many is a sound archive around a program that repeats itself.
    private const int OneGrown = 20;
    private const int MostRepeats = 200_000;

    // Reading takes buffers, the program's objects and a compressed record; nothing else may grow.
    private const long MostAllocated = 1L << 30;

    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(2);

    [Fact]
    public void Damaged_files_are_read_or_refused_by_code()
    {
        string[] limits = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } text ? text.Split("..") : [$"{Usual}"];
        int first = limits.Length > 1 ? int.Parse(limits[0], CultureInfo.InvariantCulture) : 0, count = int.Parse(limits[^1], CultureInfo.InvariantCulture);
        byte[][] seeds = [.. Seeds()];
        (long Allocated, int Input) hungriest = (0, -1);
        (TimeSpan Time, int Input) slowest = (TimeSpan.Zero, -1);
        int refused = 0;
        for (int input = first; input < count; input++)
        {
            byte[] bytes = input % OneGrown == 0 ? Grown(new Random(input)) : Damage(seeds, new Random(input));
            long before = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            Exception? refusal = Record.Exception(() => ReadAll(bytes));
            (long allocated, TimeSpan time) = (GC.GetAllocatedBytesForCurrentThread() - before, Stopwatch.GetElapsedTime(start));
            Assert.True(refusal is null or CheckpointException, $"Input {input}: {refusal}");
            Assert.True(allocated < MostAllocated, $"Input {input} took {allocated:N0} bytes.");
            refused += refusal is null ? 0 : 1;
            hungriest = allocated > hungriest.Allocated ? (allocated, input) : hungriest;
            slowest = time > slowest.Time ? (time, input) : slowest;
        }

        output.WriteLine($"{count - first:N0} inputs of {seeds.Length} files: {refused:N0} refused, none broke a reader; hungriest {hungriest.Allocated:N0} bytes (input {hungriest.Input}), slowest {slowest.Time.TotalMilliseconds:N1} ms (input {slowest.Input})");
        Assert.True(slowest.Time < (count <= Usual ? 10 * Hang : Hang), $"Input {slowest.Input} took {slowest.Time}.");
    }

    private static IEnumerable<byte[]> Seeds()
    {
        foreach (Format format in (Format[])[Format.PyTorch, Format.Safetensors])
        {
            yield return PlanBytes.Of(format.Plan("seed", FormatSamples.Small()));
        }

        GoldenTopic topic = GoldenRoot.Topic("torch-containers");
        foreach (string file in topic.Files("*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".json", StringComparison.Ordinal) && !f.EndsWith(".md", StringComparison.Ordinal)))
        {
            byte[] bytes = topic.ReadBytes(file);
            if (bytes.Length is > 0 and <= LargestSeedBytes)
            {
                yield return bytes;
            }
        }
    }

    // What makes much out of little: containers without end, shared ones, deep ones, long keys above many values.
    private static byte[] Grown(Random random)
    {
        byte[][] pieces =
        [
            [(byte)'}'], [(byte)']'], [(byte)')'], [(byte)'}', (byte)'a'], [(byte)']', (byte)'a'], [(byte)'K', 1], [(byte)'K', 1, (byte)'a'], [0x85], [0x86], [(byte)'h', 0, (byte)'a'], [(byte)'h', 0, (byte)'h', 0, 0x86, (byte)'q', 0],
            [(byte)'('], [(byte)'t'], [.. TorchSample.Text("k"), (byte)'K', 1, (byte)'s'], TorchSample.Text(new string('A', random.Next(1, 5000))), TorchSample.Vector,
        ];
        byte[] piece = [.. Enumerable.Range(0, random.Next(1, 4)).SelectMany(_ => pieces[random.Next(pieces.Length)])];
        int repeats = Math.Min((int)Math.Pow(MostRepeats, random.NextDouble()), (4 << 20) / piece.Length);
        byte[][] starts = [[(byte)']', (byte)'q', 0], [(byte)'}', .. TorchSample.Text(new string('A', random.Next(1, 100_000))), (byte)']'], [(byte)'}'], [(byte)'K', 1, (byte)'q', 0]];
        byte[] program = [0x80, 2, .. starts[random.Next(starts.Length)], .. Enumerable.Repeat(piece, repeats).SelectMany(p => p), .. random.Next(2) == 0 ? [(byte)'s'] : Array.Empty<byte>(), (byte)'.'];
        ByteSource zip = TorchSample.Zip(program);
        return zip.ReadBytes(0, (int)zip.Length);
    }

    private static byte[] Damage(byte[][] seeds, Random random)
    {
        byte[] bytes = [.. seeds[random.Next(seeds.Length)]];
        for (int times = random.Next(1, 6); times > 0 && bytes.Length > 8; times--)
        {
            int at = random.Next(bytes.Length);
            switch (random.Next(7))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    BitConverter.TryWriteBytes(bytes.AsSpan(Math.Min(at, bytes.Length - 4)), Edge(random));
                    break;
                case 3:
                    bytes = bytes[..at];
                    break;
                case 4:
                    int from = random.Next(bytes.Length), length = random.Next(1, 1 + Math.Min(64, bytes.Length - Math.Max(at, from)));
                    bytes.AsSpan(from, length).CopyTo(bytes.AsSpan(at));
                    break;
                case 5:
                    byte[] other = seeds[random.Next(seeds.Length)];
                    bytes = [.. bytes[..at], .. other[Math.Min(at, other.Length)..]];
                    break;
                default:
                    bytes = [.. bytes[..at], .. bytes[Math.Max(0, at - random.Next(64))..]];
                    break;
            }
        }

        return bytes;
    }

    private static int Edge(Random random) => random.Next(8) switch { 0 => 0, 1 => 1, 2 => -1, 3 => int.MaxValue, 4 => int.MinValue, 5 => 0x7FFF, 6 => 0xFFFF, _ => random.Next() };

    private static void ReadAll(byte[] bytes)
    {
        var source = new ArraySource(bytes);
        foreach (Tensor tensor in Format.Detect(source).Read(source).Tensors.Where(t => t.ByteCount <= LargestSeedBytes))
        {
            _ = PlanBytes.Of(tensor);
        }
    }
}

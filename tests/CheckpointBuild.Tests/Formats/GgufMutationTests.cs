using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Laws;
using Xunit;

namespace CheckpointBuild.Tests.Formats;

/// <summary>Files with bytes changed, cut and doubled at random: each is read, or refused by a coded error, without much memory and in no time.</summary>
/// <remarks>A few thousand by default; <c>CHECKPOINTBUILD_MUTATIONS=200000</c> sets another number.</remarks>
public sealed class GgufMutationTests(ITestOutputHelper output)
{
    private const string Knob = "CHECKPOINTBUILD_MUTATIONS";
    private const int Default = 5_000;

    // The samples have a few kilobytes; what a mutated count claims is never taken before it is held against the file's length.
    private const long MostBytes = 16 << 20;
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(10);

    [Fact]
    public void Read_of_a_mutated_file_gives_tensors_or_a_coded_error()
    {
        int count = int.TryParse(Environment.GetEnvironmentVariable(Knob), NumberStyles.None, CultureInfo.InvariantCulture, out int stated) ? stated : Default;
        byte[][] samples = [Sample(0), Sample(3), Sample(9)];
        var random = new SeededRandom(914);
        int read = 0;
        var faults = new List<string>();
        for (int i = 0; i < count && faults.Count < 5; i++)
        {
            byte[] file = Mutate(samples[i % samples.Length], random);
            long before = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
            try
            {
                foreach (Tensor tensor in Format.Gguf.Read(new ArraySource(file)).Tensors)
                {
                    read += PlanBytes.Of(tensor).Length;
                }
            }
            catch (CheckpointException)
            {
                // The answer for most of them.
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                faults.Add($"mutation {i}: {e}");
            }

            if (GC.GetAllocatedBytesForCurrentThread() - before > MostBytes || Stopwatch.GetElapsedTime(start) > MostTime)
            {
                faults.Add($"mutation {i}: {GC.GetAllocatedBytesForCurrentThread() - before:N0} bytes and {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s for a file of {file.Length:N0}");
            }
        }

        output.WriteLine($"{count} files, {read} planes read");
        Findings.None(faults);
    }

    private static byte[] Sample(int tensors)
    {
        var metadata = new Metadata()
            .Add("general.architecture", "llama").Add("llama.block_count", 2u).Add("general.alignment", 32u)
            .Add("tokens", Enumerable.Range(0, 40).Select(i => $"token {i}").ToArray()).Add("scores", new float[40]).Add("flags", new[] { true, false });
        string[] types = ["F32", "Q4_0", "Q6_K", "IQ2_XXS", "TQ1_0", "NVFP4"];
        DType[] dtypes = [.. types.Select(type => DType.All.Single(d => d.Name == type))];
        return PlanBytes.Of(Format.Gguf.Plan("m.gguf", new TensorFile(new TensorTable(Enumerable.Range(0, tensors).Select(i => new ZeroTensor($"blk.{i}.weight", dtypes[i % dtypes.Length], new Shape(3, 256)))), metadata)));
    }

    private static byte[] Mutate(byte[] sample, SeededRandom random)
    {
        List<byte> file = [.. sample];
        for (int change = random.Next(6); change >= 0 && file.Count > 0; change--)
        {
            int at = random.Next(file.Count);
            switch (random.Next(6))
            {
                case 0:
                    file[at] = (byte)random.Next(256);
                    break;
                case 1:
                    file[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    file[at] = 0xFF;
                    break;
                case 3:
                    file.RemoveRange(at, Math.Min(file.Count - at, 1 + random.Next(16)));
                    break;
                case 4:
                    file.InsertRange(at, file.GetRange(at, Math.Min(file.Count - at, 1 + random.Next(16))));
                    break;
                default:
                    file.RemoveRange(at, file.Count - at);
                    break;
            }
        }

        return [.. file];
    }
}

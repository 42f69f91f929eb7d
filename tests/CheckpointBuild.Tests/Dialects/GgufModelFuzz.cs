using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Runtime;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using CheckpointBuild.Tests.Formats;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Laws;
using CheckpointBuild.Tokenizers;
using Xunit;

namespace CheckpointBuild.Tests.Dialects;

/// <summary>Whole small models whose keys, shapes and bytes are damaged: each is read, run and quantized, or refused by a coded error, without much memory and in no time. Every input follows from its number.</summary>
/// <remarks>A few hundred inputs by default; <c>CHECKPOINTBUILD_FUZZ=20000</c> sets another number and prints the slowest and the hungriest input.</remarks>
public sealed class GgufModelFuzz(ITestOutputHelper output)
{
    private const string Variable = "CHECKPOINTBUILD_FUZZ";
    private const int Usual = 200;

    // The models hold some hundred kilobytes; a context of 256 positions of every layer is the largest thing that is made of them.
    private const long MostAllocated = 256L << 20;

    private static readonly int[] Prompt = [1, 2, 3];
    private static readonly string[] Families = ["LlamaForCausalLM, biases", "Qwen3MoeForCausalLM, default", "Gemma2ForCausalLM, default", "Phi3ForCausalLM, window", "DeepseekV2ForCausalLM, latent queries, groups", "GptOssForCausalLM, default", "FalconForCausalLM, new", "GPT2LMHeadModel, default"];

    [Fact]
    public void Damaged_models_run_or_are_refused_by_code()
    {
        int count = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : Usual;
        using var scratch = new Scratch();
        byte[][] seeds = [.. Seeds(scratch)];
        (TimeSpan Time, int Input) slowest = (TimeSpan.Zero, -1);
        (long Allocated, int Input) hungriest = (0, -1);
        int first = int.TryParse(Environment.GetEnvironmentVariable(Variable + "_FIRST"), NumberStyles.None, CultureInfo.InvariantCulture, out int stated) ? stated : 0, ran = 0;
        var faults = new List<string>();
        for (int input = first; input < first + count && faults.Count < 40; input++)
        {
            byte[] bytes = Damage(seeds, new Random(input));
            string path = scratch.PathOf("model.gguf");
            File.WriteAllBytes(path, bytes);
            long before = GC.GetTotalAllocatedBytes(), start = Stopwatch.GetTimestamp();
            try
            {
                Use(path);
                ran++;
            }
            catch (CheckpointException)
            {
                // The answer for most of them.
            }
            catch (Exception e)
            {
                faults.Add($"input {input}: {e}");
            }

            (long allocated, TimeSpan time) = (GC.GetTotalAllocatedBytes() - before, Stopwatch.GetElapsedTime(start));
            hungriest = allocated > hungriest.Allocated ? (allocated, input) : hungriest;
            slowest = time > slowest.Time ? (time, input) : slowest;
            if (allocated > MostAllocated)
            {
                faults.Add($"input {input} took {allocated:N0} bytes");
            }
        }

        using var self = Process.GetCurrentProcess();
        output.WriteLine($"{count:N0} inputs of {seeds.Length} models: {ran:N0} ran; hungriest {hungriest.Allocated:N0} bytes (input {hungriest.Input}), slowest {slowest.Time.TotalMilliseconds:N0} ms (input {slowest.Input}), peak {self.PeakWorkingSet64 >> 20} MiB");
        Findings.None(faults);
    }

    // What a user does with a file from somewhere: look, run, make another of it.
    private static void Use(string path)
    {
        using CheckpointDirectory directory = CheckpointDirectory.Open(path);
        Checkpoint checkpoint = Dialect.Detect(directory).Read(directory);
        Exception? refusal = null;
        foreach (Action<Checkpoint> use in (Action<Checkpoint>[])[Tokenize, Run, c => Convert(c, "huggingface", new AsStored(DType.F32)), c => Convert(c, "gguf", new GgufPolicy(GgufFileType.Find("q4_k_m")!))])
        {
            try
            {
                use(checkpoint);
            }
            catch (CheckpointException e)
            {
                refusal = e;
            }
        }

        if (refusal is not null)
        {
            throw refusal;
        }
    }

    private static void Tokenize(Checkpoint checkpoint)
    {
        if (checkpoint.Tokenizer is not null || checkpoint.TokenizerFault is not null)
        {
            Tokenizer tokenizer = Tokenizer.Create(checkpoint.TokenizerOrThrow());
            _ = tokenizer.Decode(tokenizer.Encode("Hello, wörld  12345\n"));
        }
    }

    private static void Run(Checkpoint checkpoint)
    {
        using Decoder decoder = Decoder.Load(checkpoint, new DecoderOptions { ThreadCount = 1 });
        _ = decoder.Forward(Prompt);
        _ = decoder.Forward([4]);
    }

    private static void Convert(Checkpoint checkpoint, string dialect, QuantizationPolicy policy)
    {
        DirectoryPlan plan = Dialect.Named(dialect).Plan(checkpoint, new PlanOptions { EngineName = "m", Policy = policy });
        foreach (FilePlan file in plan.Files)
        {
            _ = PlanBytes.Of(file);
        }
    }

    private static IEnumerable<byte[]> Seeds(Scratch scratch)
    {
        string model = new TinyLlama().Write(scratch.PathOf("tiny"));
        foreach (string type in (string[])["f32", "q8_0", "q4_k_m"])
        {
            using EngineBuild build = EngineBuild.Open(model, new Recipe { Engine = "gguf", Quantization = type }, new SourceHashes(null));
            build.Run(scratch.PathOf(type), new BuilderOptions { Durability = Durability.Cached }, HashTrust.Remembered, CancellationToken.None);
            yield return File.ReadAllBytes(scratch.PathOf($"{type}/tiny.gguf"));
        }

        foreach (string family in Families)
        {
            yield return PlanBytes.Of(Assert.Single(Dialect.Named("gguf").Plan(FamilySample.Named(family).Checkpoint(), new PlanOptions { EngineName = "m", Policy = new GgufPolicy(GgufFileType.Find("f16")!) }).Files));
        }
    }

    private static byte[] Damage(byte[][] seeds, Random random)
    {
        byte[] seed = seeds[random.Next(seeds.Length)];
        return random.Next(3) switch
        {
            0 => DamagedBytes(seed, random),
            1 => DamagedKeys(seed, random),
            _ => DamagedTensors(seed, random),
        };
    }

    // Mostly in the header: what is wrong in the data is a number among numbers.
    private static byte[] DamagedBytes(byte[] seed, Random random)
    {
        byte[] bytes = [.. seed];
        int header = (int)Math.Min(seed.Length, seed.Length - Format.Gguf.Read(new ArraySource(seed)).Tensors.Sum(t => t.ByteCount));
        for (int times = random.Next(1, 4); times > 0; times--)
        {
            int at = random.Next(random.Next(8) == 0 ? bytes.Length : Math.Min(header, bytes.Length));
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2 when bytes.Length >= sizeof(uint):
                    BitConverter.TryWriteBytes(bytes.AsSpan(Math.Min(at, bytes.Length - sizeof(uint))), Edge(random));
                    break;
                default:
                    bytes = random.Next(16) == 0 ? bytes[..Math.Max(at, sizeof(uint))] : bytes;
                    break;
            }
        }

        return bytes;
    }

    private static byte[] DamagedKeys(byte[] seed, Random random)
    {
        TensorFile file = Format.Gguf.Read(new ArraySource(seed));
        KeyValuePair<string, object>[] pairs = [.. file.Metadata];
        int[] changed = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(pairs.Length))];
        var metadata = new Metadata();
        for (int i = 0; i < pairs.Length; i++)
        {
            object? value = changed.Contains(i) ? Damaged(pairs[i].Value, random) : pairs[i].Value;
            if (value is not null && pairs[i].Key != Gguf.AlignmentKey)
            {
                metadata.Add(pairs[i].Key, value);
            }
        }

        return PlanBytes.Of(Format.Gguf.Plan("m.gguf", new TensorFile(file.Tensors, metadata)));
    }

    // Null leaves the key out.
    private static object? Damaged(object value, Random random) => random.Next(8) == 0 ? random.Next(3) switch { 0 => null, 1 => "other", _ => (ulong)Edge(random) } : value switch
    {
        uint number => random.Next(2) == 0 ? Edge(random) : number + (uint)random.Next(-2, 3),
        float => Float(random),
        bool flag => !flag,
        string text => Text(text, random),
        string[] texts => (string[])[.. texts.Select(t => random.Next(texts.Length) < 3 ? Text(t, random) : t).Take(random.Next(4) == 0 ? random.Next(texts.Length) : texts.Length)],
        int[] numbers => (int[])[.. numbers.Select(n => random.Next(numbers.Length) < 3 ? (int)Edge(random) : n).Take(random.Next(4) == 0 ? random.Next(numbers.Length) : numbers.Length)],
        float[] numbers => (float[])[.. numbers.Select(n => random.Next(numbers.Length) < 3 ? Float(random) : n)],
        _ => value,
    };

    private static byte[] DamagedTensors(byte[] seed, Random random)
    {
        TensorFile file = Format.Gguf.Read(new ArraySource(seed));
        List<Tensor> tensors = [.. file.Tensors];
        for (int times = random.Next(1, 4); times > 0 && tensors.Count > 0; times--)
        {
            int at = random.Next(tensors.Count);
            Tensor tensor = tensors[at];
            switch (random.Next(5))
            {
                case 0:
                    tensors.RemoveAt(at);
                    break;
                case 1:
                    tensors[at] = new ZeroTensor(tensor.Name, tensor.DType, new Shape([.. tensor.Shape.Dimensions.Select((d, i) => i == tensor.Shape.Rank - 1 && tensor.DType.BlockLength > 1 ? d : Math.Max(1, d + random.Next(-2, 3)))]));
                    break;
                case 2:
                    tensors[at] = new ZeroTensor(tensor.Name, DType.F32, new Shape([.. tensor.Shape.Dimensions.Reverse()]));
                    break;
                case 3:
                    DType dtype = DType.All[random.Next(DType.All.Count)];
                    tensors[at] = dtype.GgmlType is not null && dtype.Fits(tensor.Columns) ? new ZeroTensor(tensor.Name, dtype, tensor.Shape) : tensor;
                    break;
                default:
                    string name = tensors[random.Next(tensors.Count)].Name.Replace("blk.0", $"blk.{random.Next(4)}", StringComparison.Ordinal);
                    tensors[at] = tensors.Exists(t => t.Name == name) ? tensor : Renamed.Of(tensor, name);
                    break;
            }
        }

        return PlanBytes.Of(Format.Gguf.Plan("m.gguf", new TensorFile(new TensorTable(tensors), file.Metadata)));
    }

    private static string Text(string text, Random random) => random.Next(5) switch
    {
        0 => "",
        1 => text + text,
        2 => text.Length > 0 ? text[..random.Next(text.Length)] : "x",
        3 => string.Concat(text.Select(c => random.Next(20) == 0 ? (char)random.Next(32, 1000) : c)),
        _ => "gpt2",
    };

    private static float Float(Random random) => random.Next(8) switch { 0 => 0, 1 => -1, 2 => float.NaN, 3 => float.PositiveInfinity, 4 => float.MaxValue, 5 => float.Epsilon, 6 => 1e30f, _ => random.NextSingle() };

    private static uint Edge(Random random) => random.Next(9) switch { 0 => 0, 1 => 1, 2 => uint.MaxValue, 3 => int.MaxValue, 4 => 1u << 31, 5 => 0x7FFF, 6 => 0xFFFF, 7 => (uint)random.Next(1, 300), _ => (uint)random.Next() };
}

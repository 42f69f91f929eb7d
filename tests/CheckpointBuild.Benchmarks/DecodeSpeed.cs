using System;
using System.Diagnostics;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Runtime;

namespace CheckpointBuild.Benchmarks;

/// <summary>Tokens per second of the managed runtime on a generated model, and the bytes of weights per second that they need: the number to watch, for memory is the limit.</summary>
internal static class DecodeSpeed
{
    private const int PromptTokens = 192;
    private const int DecodedTokens = 100;
    private const int Repeats = 3;

    /// <summary>Prints the best of a few repeats.</summary>
    /// <param name="size">The model's shape.</param>
    /// <param name="dtypeName">The dtype of its matrices.</param>
    /// <param name="threads">Threads; 0 = one a processor.</param>
    public static void Run(ModelSize size, string dtypeName, int threads)
    {
        DType dtype = DType.TryParse(dtypeName, out DType? found) ? found : throw new ArgumentException($"No dtype '{dtypeName}'.", nameof(dtypeName));
        Checkpoint checkpoint = CheckpointGenerator.InMemory(size, dtype);
        long start = Stopwatch.GetTimestamp();
        using Decoder decoder = Decoder.Load(checkpoint, new DecoderOptions { ThreadCount = threads });
        Console.WriteLine($"loaded in {Stopwatch.GetElapsedTime(start).TotalSeconds:F2} s");

        long bytes = 0;
        foreach ((_, Tensors.Tensor tensor) in checkpoint.Tensors)
        {
            bytes += tensor.ByteCount;
        }

        int[] prompt = new int[PromptTokens];
        for (int i = 0; i < prompt.Length; i++)
        {
            prompt[i] = i % size.Vocabulary;
        }

        (double prefill, double decode) = (0, 0);
        for (int repeat = 0; repeat < Repeats; repeat++)
        {
            decoder.Reset();
            TimeSpan cpu = Environment.CpuUsage.TotalTime;
            start = Stopwatch.GetTimestamp();
            decoder.Forward(prompt);
            prefill = Math.Max(prefill, prompt.Length / Stopwatch.GetElapsedTime(start).TotalSeconds);
            Console.WriteLine($"  prompt cpu {prompt.Length / (Environment.CpuUsage.TotalTime - cpu).TotalSeconds:F2} tokens/s");

            cpu = Environment.CpuUsage.TotalTime;
            start = Stopwatch.GetTimestamp();
            for (int i = 0; i < DecodedTokens; i++)
            {
                decoder.Forward([i]);
            }

            decode = Math.Max(decode, DecodedTokens / Stopwatch.GetElapsedTime(start).TotalSeconds);
            Console.WriteLine($"  decode cpu {DecodedTokens / (Environment.CpuUsage.TotalTime - cpu).TotalSeconds:F2} tokens/s");
        }

        Console.WriteLine($"{size.Name} {dtype} ({bytes / 1e9:F2} GB): prompt {prefill:F1} tokens/s, decode {decode:F2} tokens/s = {decode * bytes / 1e9:F1} GB/s");
    }
}

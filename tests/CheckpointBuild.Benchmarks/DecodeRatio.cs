using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using CheckpointBuild.Dialects;
using CheckpointBuild.Models;
using CheckpointBuild.Runtime;
using LLama;
using LLama.Common;
using LLama.Native;

namespace CheckpointBuild.Benchmarks;

/// <summary>Tokens per second of the managed runtime beside llama.cpp's: same file, same threads, same process, in turns.</summary>
internal static class DecodeRatio
{
    private const int PromptTokens = 192;
    private const int DecodedTokens = 24;
    private const int Rounds = 5;

    /// <summary>Prints each round and the ratios of the best ones.</summary>
    /// <param name="gguf">The engine.</param>
    /// <param name="threads">Threads of both.</param>
    public static void Run(string gguf, int threads)
    {
        int[] prompt = [.. Enumerable.Range(0, PromptTokens).Select(i => i % 250)];
        using Decoder decoder = Load(gguf, threads);
        string lastError = "";
        NativeLibraryConfig.All.WithLogCallback((level, message) => lastError = level == LLamaLogLevel.Error ? lastError + message : lastError);
        var parameters = new ModelParams(gguf) { ContextSize = 512, BatchSize = 512, UBatchSize = 512, Threads = threads, BatchThreads = threads, GpuLayerCount = 0 };
        using LLamaWeights weights = LoadNative(parameters, ref lastError);
        long bytes = new FileInfo(gguf).Length;

        var ours = new List<Speed>();
        var theirs = new List<Speed>();
        for (int round = 0; round < Rounds; round++)
        {
            ours.Add(Measure("managed", bytes, prompt, decoder.Reset, ids => decoder.Forward(ids)));
            using LLamaContext context = weights.CreateContext(parameters);
            int position = 0;
            theirs.Add(Measure("llama.cpp", bytes, prompt, () => { }, ids => position = Decode(context, ids, position)));
        }

        Console.WriteLine($"{threads} threads, best of {Rounds}, managed / llama.cpp: prompt {ours.Max(s => s.Prompt) / theirs.Max(s => s.Prompt):F2}, decode {ours.Max(s => s.Decode) / theirs.Max(s => s.Decode):F2}; in processor time: prompt {ours.Max(s => s.PromptProcessor) / theirs.Max(s => s.PromptProcessor):F2}, decode {ours.Max(s => s.DecodeProcessor) / theirs.Max(s => s.DecodeProcessor):F2}");
    }

    private static LLamaWeights LoadNative(ModelParams parameters, ref string lastError)
    {
        try
        {
            return LLamaWeights.LoadFromFile(parameters);
        }
        catch (LLama.Exceptions.LoadWeightsFailedException e)
        {
            throw new InvalidOperationException(lastError, e);
        }
    }

    private static Decoder Load(string gguf, int threads)
    {
        using CheckpointDirectory directory = CheckpointDirectory.Open(gguf);
        Checkpoint checkpoint = Dialect.Detect(directory).Read(directory);
        return Decoder.Load(checkpoint, new DecoderOptions { ThreadCount = threads });
    }

    private static Speed Measure(string name, long bytes, int[] prompt, Action reset, Action<int[]> forward)
    {
        reset();
        (double prompted, double promptedProcessor) = Rate(prompt.Length, () => forward(prompt));
        (double decoded, double decodedProcessor) = Rate(DecodedTokens, () =>
        {
            for (int i = 0; i < DecodedTokens; i++)
            {
                forward([i]);
            }
        });
        Console.WriteLine($"{name,-10} prompt {prompted,7:F1} ({promptedProcessor,6:F1})   decode {decoded,6:F2} ({decodedProcessor,6:F2}) tokens/s (a processor second)   {decoded * bytes / 1e9,5:F1} GB/s");
        return new Speed(prompted, promptedProcessor, decoded, decodedProcessor);
    }

    private static (double Wall, double Processor) Rate(int tokens, Action run)
    {
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        run();
        return (tokens / Stopwatch.GetElapsedTime(start).TotalSeconds, tokens / (Environment.CpuUsage.TotalTime - processor).TotalSeconds);
    }

    private static int Decode(LLamaContext context, int[] ids, int position)
    {
        var batch = new LLamaBatch();
        for (int i = 0; i < ids.Length; i++)
        {
            batch.Add(ids[i], position + i, LLamaSeqId.Zero, i == ids.Length - 1);
        }

        DecodeResult result = context.Decode(batch);
        _ = context.NativeHandle.GetLogitsIth(ids.Length - 1)[0];
        return result == DecodeResult.Ok ? position + ids.Length : throw new InvalidOperationException($"llama.cpp could not decode: {result}");
    }

    private sealed record Speed(double Prompt, double PromptProcessor, double Decode, double DecodeProcessor);
}

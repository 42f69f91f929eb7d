using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Numerics.Tensors;
using LLama;
using LLama.Common;
using LLama.Exceptions;
using LLama.Native;

namespace CheckpointBuild.Tests.LlamaCpp;

/// <summary>A GGUF file in the real llama.cpp, on the CPU of this process.</summary>
internal sealed class LlamaCppModel : IDisposable
{
    private const int Context = 512;
    private readonly LLamaWeights _weights;
    private readonly ModelParams _parameters;

    // What llama.cpp complains about goes into the message of a failure; the rest of its log is not wanted. Set before anything native is loaded.
    private static readonly ConcurrentQueue<string> Complaints = new();

    static LlamaCppModel() => NativeLibraryConfig.All.WithLogCallback((level, message) =>
    {
        if (level == LLamaLogLevel.Error)
        {
            Complaints.Enqueue(message.Trim());
        }
    });

    /// <summary>What llama.cpp complained of since it was asked last.</summary>
    /// <returns>Its lines.</returns>
    public static string Complaint()
    {
        string complaint = string.Join(' ', Complaints);
        Complaints.Clear();
        return complaint;
    }

    /// <summary>Loads a file.</summary>
    /// <param name="path">The file.</param>
    public LlamaCppModel(string path)
    {
        // Floats in the cache and no fused attention: what differs between two files is then the files.
        _parameters = new ModelParams(path)
        {
            ContextSize = Context,
            BatchSize = Context,
            UBatchSize = Context,
            Threads = 1,
            BatchThreads = 1,
            GpuLayerCount = 0,
            FlashAttention = false,
            TypeK = GGMLType.GGML_TYPE_F32,
            TypeV = GGMLType.GGML_TYPE_F32,
        };
        Complaints.Clear();
        try
        {
            _weights = LLamaWeights.LoadFromFile(_parameters);
        }
        catch (LoadWeightsFailedException e)
        {
            throw new InvalidOperationException($"llama.cpp refuses {path}: {Complaint()}", e);
        }
    }

    /// <summary>Turns a text into ids, the begin token first, special tokens parsed.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The ids.</returns>
    public int[] Tokenize(string text) => [.. _weights.Tokenize(text, true, true, System.Text.Encoding.UTF8).Select(t => (int)t)];

    /// <summary>Turns a text into ids, nothing added, special tokens parsed.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The ids.</returns>
    public int[] TokenizeAlone(string text) => [.. _weights.Tokenize(text, false, true, System.Text.Encoding.UTF8).Select(t => (int)t)];

    /// <summary>Computes the logits of every position.</summary>
    /// <param name="ids">The prompt.</param>
    /// <returns>[ids, vocabulary], row by row.</returns>
    public float[] Logits(IReadOnlyList<int> ids)
    {
        using LLamaContext context = _weights.CreateContext(_parameters);
        Decode(context, ids, 0);
        return [.. Enumerable.Range(0, ids.Count).SelectMany(i => context.NativeHandle.GetLogitsIth(i).ToArray())];
    }

    /// <summary>Computes the logits of every position with an adapter beside the model.</summary>
    /// <param name="ids">The prompt.</param>
    /// <param name="adapter">The adapter's file.</param>
    /// <returns>[ids, vocabulary], row by row.</returns>
    public float[] Logits(IReadOnlyList<int> ids, string adapter)
    {
        using LLamaContext context = _weights.CreateContext(_parameters);
        LoraAdapter lora = _weights.NativeHandle.LoadLoraFromFile(adapter);
        context.NativeHandle.SetLoraAdapters([(lora, 1f)]);
        Decode(context, ids, 0);
        return [.. Enumerable.Range(0, ids.Count).SelectMany(i => context.NativeHandle.GetLogitsIth(i).ToArray())];
    }

    /// <summary>Continues greedily, token by token through the cache.</summary>
    /// <param name="ids">The prompt.</param>
    /// <param name="most">The most ids to add.</param>
    /// <param name="end">Where to stop; it is left out.</param>
    /// <returns>The ids added.</returns>
    public int[] Greedy(IReadOnlyList<int> ids, int most, int end)
    {
        using LLamaContext context = _weights.CreateContext(_parameters);
        var added = new List<int>();
        Decode(context, ids, 0);
        int last = ids.Count - 1;
        while (added.Count < most)
        {
            int next = TensorPrimitives.IndexOfMax<float>(context.NativeHandle.GetLogitsIth(last));
            if (next == end)
            {
                break;
            }

            added.Add(next);
            Decode(context, [next], ids.Count + added.Count - 1);
            last = 0;
        }

        return [.. added];
    }

    /// <inheritdoc/>
    public void Dispose() => _weights.Dispose();

    private static void Decode(LLamaContext context, IReadOnlyList<int> ids, int position)
    {
        var batch = new LLamaBatch();
        for (int i = 0; i < ids.Count; i++)
        {
            batch.Add(ids[i], position + i, LLamaSeqId.Zero, true);
        }

        DecodeResult result = context.Decode(batch);
        if (result != DecodeResult.Ok)
        {
            throw new InvalidOperationException($"llama.cpp could not decode: {result}");
        }
    }
}

using System;
using System.Collections.Generic;
using System.Numerics.Tensors;
using CheckpointBuild.Runtime.Tests.Support;
using Xunit;

namespace CheckpointBuild.Runtime.Tests;

/// <summary>The decoder on a trained model, against what the reference library computed.</summary>
public sealed class DocLlamaTests(DocLlama golden) : IClassFixture<DocLlama>
{
    // Two float32 forward passes that add in different orders differ by about 1e-5 on logits of up to 20; the golden data's own limit is 1e-3.
    private const float LogitTolerance = 1e-4f;

    [Fact]
    public void Logits_of_every_prompt_equal_the_reference()
    {
        if (!golden.IsThere)
        {
            return;
        }

        using Decoder decoder = golden.Load(threads: 2);
        float worst = 0;
        foreach (DocLlamaPrompt prompt in golden.Prompts)
        {
            decoder.Reset();
            float[] logits = new float[prompt.Logits.Length];
            decoder.ForwardAll(prompt.Ids, logits);
            TensorPrimitives.Subtract(logits, prompt.Logits, logits);
            worst = Math.Max(worst, Math.Abs(TensorPrimitives.MaxMagnitude<float>(logits)));
        }

        TestContext.Current.SendDiagnosticMessage($"largest difference {worst}");
        Assert.InRange(worst, 0, LogitTolerance);
    }

    [Fact]
    public void Greedy_continuation_through_the_cache_equals_the_reference()
    {
        if (!golden.IsThere)
        {
            return;
        }

        using Decoder decoder = golden.Load(threads: 2);
        foreach (DocLlamaPrompt prompt in golden.Prompts)
        {
            decoder.Reset();
            var ids = new List<int>();
            ReadOnlySpan<float> logits = decoder.Forward(prompt.Ids);
            while (ids.Count < prompt.Greedy.Length)
            {
                ids.Add(TensorPrimitives.IndexOfMax(logits));
                logits = decoder.Forward([ids[^1]]);
            }

            Assert.Equal(prompt.Greedy, ids);
        }
    }

    [Fact]
    public void Greedy_continuation_read_from_the_start_each_time_equals_the_reference()
    {
        if (!golden.IsThere)
        {
            return;
        }

        using Decoder decoder = golden.Load(threads: 2);
        foreach (DocLlamaPrompt prompt in golden.Prompts)
        {
            List<int> ids = [.. prompt.Ids];
            for (int i = 0; i < prompt.Greedy.Length; i++)
            {
                decoder.Reset();
                ids.Add(TensorPrimitives.IndexOfMax(decoder.Forward(ids.ToArray())));
            }

            Assert.Equal(prompt.Greedy, ids[prompt.Ids.Length..]);
        }
    }
}

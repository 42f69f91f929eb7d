using System;
using System.Collections.Concurrent;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using CheckpointBuild.Tests.Golden.DocLlama;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Tool;
using Xunit;

[assembly: AssemblyFixture(typeof(BuiltEngines))]

namespace CheckpointBuild.Tests.Golden.DocLlama;

/// <summary>GGUF engines of doc-llama that the tool built, each once for all tests that look at it.</summary>
public sealed class BuiltEngines : IDisposable
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<string>>> Built = new(StringComparer.Ordinal);
    private static readonly Lazy<Scratch> Folder = new();

    /// <summary>Builds an engine, or gives the one that was built before.</summary>
    /// <param name="type">As <c>convert_hf_to_gguf.py --outtype</c> has it: <c>f32</c>, <c>f16</c>, <c>bf16</c>, <c>q8_0</c> or <c>auto</c>.</param>
    /// <returns>The engine file.</returns>
    public static Task<string> GgufAsync(string type) => Built.GetOrAdd(type, static t => new(() => BuildAsync(t), LazyThreadSafetyMode.ExecutionAndPublication)).Value;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Folder.IsValueCreated)
        {
            Folder.Value.Dispose();
        }
    }

    private static async Task<string> BuildAsync(string type)
    {
        string output = Folder.Value.PathOf(type);
        await Ckpt.DoneAsync(["build", DocLlamaData.Model.Reach(), "--engine", "gguf", .. TypeOptions(type), "--output", output]);
        return Assert.Single(Directory.GetFiles(output, "*.gguf"));
    }

    /// <summary>The options that ask for what llama.cpp's converter writes with an <c>--outtype</c>.</summary>
    /// <param name="type">The type.</param>
    /// <returns>Arguments of <c>ckpt build</c>.</returns>
    internal static string[] TypeOptions(string type) => type switch
    {
        "auto" => [],
        "f32" or "f16" or "bf16" => ["--dtype", type],
        _ => ["--quantization", type],
    };
}

using System;
using System.Globalization;
using System.IO;

namespace CheckpointBuild.Benchmarks;

/// <summary>Whole-process measurements and kernels. Each prints ratios of one run on one machine; README.md says what was measured where.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        switch (args)
        {
            case ["generate", var size, var folder]:
                CheckpointGenerator.Write(ModelSize.Named(size), folder);
                return 0;
            case ["build-ratio", var size, var folder, .. var rest]:
                BuildRatio.Run(ModelSize.Named(size), folder, rest is [var runs] ? int.Parse(runs, CultureInfo.InvariantCulture) : 3);
                return 0;
            case ["child-build", var checkpoint, var output, var durability, var hashing, var hashes]:
                ChildBuild.Run(checkpoint, output, durability, hashing, hashes);
                return 0;
            case ["convert-ratio", var size, var folder, .. var rest]:
                ConvertRatio.Run(ModelSize.Named(size), folder, rest is [var times] ? int.Parse(times, CultureInfo.InvariantCulture) : 3);
                return 0;
            case ["child-convert", var checkpoint, var output, var hashes]:
                ConvertRatio.Child(checkpoint, output, hashes);
                return 0;
            case ["trtllm-ratio", var size, var folder, .. var rest]:
                RanksRatio.Run(ModelSize.Named(size), folder, rest is [var rankRuns] ? int.Parse(rankRuns, CultureInfo.InvariantCulture) : 3);
                return 0;
            case ["child-ranks", var checkpoint, var output, var hashes]:
                RanksRatio.Child(checkpoint, output, hashes);
                return 0;
            case ["merge-ratio", var size, var folder, .. var rest]:
                MergeRatio.Run(ModelSize.Named(size), folder, rest is [var mergeRuns] ? int.Parse(mergeRuns, CultureInfo.InvariantCulture) : 3);
                return 0;
            case ["child-merge", var mergeBase, var adapter, var merged]:
                MergeRatio.Child(mergeBase, adapter, merged);
                return 0;
            case ["quantize-ratio", "all", .. var rest]:
                QuantizeRatio.RunAll(ModelSize.Named("1b"), rest is [var scratch, ..] ? scratch : Path.Combine(Path.GetTempPath(), "quantize-ratio"), rest is [_, var allPairs] ? int.Parse(allPairs, CultureInfo.InvariantCulture) : 1);
                return 0;
            case ["hostile-cost", var folder]:
                HostileCost.Run(folder);
                return 0;
            case ["quantize-memory", var size, var folder, .. var kinds]:
                QuantizeMemory.Run(ModelSize.Named(size), folder, kinds);
                return 0;
            case ["quantize-ratio", var size, var folder, var kind, .. var rest]:
                QuantizeRatio.Run(ModelSize.Named(size), folder, kind, rest is [var pairs] ? int.Parse(pairs, CultureInfo.InvariantCulture) : 3);
                return 0;
            case ["child-llama-quantize", var source, var target, var kind, var importance]:
                ReferenceQuantizer.Run(source, target, kind, importance);
                return 0;
            case ["child-quantize", var checkpoint, var output, var kind, var importance]:
                QuantizeRatio.Ours(checkpoint, output, kind, importance);
                return 0;
            case ["decode", var size, var dtype, .. var rest]:
                DecodeSpeed.Run(ModelSize.Named(size), dtype, rest is [var threads] ? int.Parse(threads, CultureInfo.InvariantCulture) : 0);
                return 0;
            case ["decode-ratio", var gguf, .. var rest]:
                DecodeRatio.Run(gguf, rest is [var count] ? int.Parse(count, CultureInfo.InvariantCulture) : Environment.ProcessorCount);
                return 0;
            case ["fetch-ratio", var megabytes, var folder, .. var rest]:
                FetchRatio.RunAsync(int.Parse(megabytes, CultureInfo.InvariantCulture), folder, rest is [var fetches] ? int.Parse(fetches, CultureInfo.InvariantCulture) : 3).GetAwaiter().GetResult();
                return 0;
            case ["fused-ratio", var size, var folder, var quantization, var speed, .. var rest]:
                FusedRatio.RunAsync(ModelSize.Named(size), folder, quantization, int.Parse(speed, CultureInfo.InvariantCulture), rest is [var rounds] ? int.Parse(rounds, CultureInfo.InvariantCulture) : 3).GetAwaiter().GetResult();
                return 0;
            case ["tokenizer-ratio", var folder]:
                TokenizerRatio.Run(folder);
                return 0;
            case ["noop-cost", var folder, .. var rest]:
                NoOpCost.Run(folder, rest is [var repeats] ? int.Parse(repeats, CultureInfo.InvariantCulture) : 5);
                return 0;
            case ["encode", var type]:
                EncodeSpeed.Run(type);
                return 0;
            case ["kernels"]:
                KernelSpeed.Run();
                return 0;
            default:
                Console.Error.WriteLine("generate SIZE FOLDER | build-ratio SIZE FOLDER [RUNS] | convert-ratio SIZE FOLDER [RUNS] | merge-ratio SIZE FOLDER [RUNS] | trtllm-ratio SIZE FOLDER [RUNS] | quantize-ratio all [FOLDER [RUNS]] | quantize-ratio SIZE FOLDER KIND [RUNS] | quantize-memory SIZE FOLDER KIND... | decode SIZE DTYPE [THREADS] | decode-ratio GGUF [THREADS] | tokenizer-ratio FOLDER | fetch-ratio MEGABYTES FOLDER [RUNS] | fused-ratio SIZE FOLDER QUANTIZATION MEGABYTES-PER-SECOND [RUNS] | noop-cost FOLDER [ROUNDS] | encode TYPE | kernels | hostile-cost FOLDER   (SIZE: 25m, 100m, 1b, 4b)");
                return 2;
        }
    }
}

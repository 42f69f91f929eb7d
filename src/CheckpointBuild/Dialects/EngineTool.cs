using System.Collections.Generic;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Threading;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats;

namespace CheckpointBuild.Dialects;

/// <summary>A builder that is not ours: it makes an engine from a checkpoint that we write. The library starts none by itself: whoever builds hands one over.</summary>
public abstract class EngineTool
{
    /// <summary>What <c>Engine</c> calls the engines of <c>trtllm-build</c>.</summary>
    public const string TensorRtLlmEngine = "tensorrt-llm-engine";

    /// <summary>The dialect of the checkpoint that it takes.</summary>
    public abstract string Stage { get; }

    /// <summary>Whether tool and device are there at all.</summary>
    /// <param name="path">Where the user says that it lies; null = it is looked for.</param>
    /// <returns>What is absent, or null.</returns>
    public abstract string? Absent(string? path);

    /// <summary>Looks for the tool and asks for its version and device; nothing is built.</summary>
    /// <param name="path">Where the user says that it lies; null = it is looked for.</param>
    /// <returns>What it is and what it builds for.</returns>
    /// <exception cref="CheckpointException">CKPT3233 when it is not there, CKPT3236 or CKPT3237 when version or device are not to be had.</exception>
    public abstract EngineToolIdentity Identify(string? path);

    /// <summary>The engine's configuration for a checkpoint, every setting checked.</summary>
    /// <param name="checkpoint">The checkpoint's configuration.</param>
    /// <param name="settings">What was asked, by the names of <c>BuildConfig</c>'s fields in PascalCase.</param>
    /// <returns>The file as the tool will write it.</returns>
    /// <exception cref="CheckpointException">CKPT9001 or CKPT3231 for settings that cannot be.</exception>
    public abstract FilePlan Configuration(JsonObject checkpoint, IReadOnlyDictionary<string, string> settings);

    /// <summary>What of the settings the checkpoint's model cannot use, and the tool takes all the same.</summary>
    /// <param name="checkpoint">The checkpoint's configuration.</param>
    /// <param name="settings">What was asked, by the names of <c>BuildConfig</c>'s fields in PascalCase.</param>
    /// <returns>What the user should know.</returns>
    internal virtual ImmutableArray<Diagnostic> Excesses(JsonObject checkpoint, IReadOnlyDictionary<string, string> settings) => [];

    /// <summary>Holds a checkpoint that lies there already against what the tool expects.</summary>
    /// <param name="checkpoint">Its folder.</param>
    /// <returns>What the tool would warn of.</returns>
    /// <exception cref="CheckpointException">2xxx and CKPT3232 when the tool would fail.</exception>
    public abstract ImmutableArray<Diagnostic> Inspect(CheckpointDirectory checkpoint);

    /// <summary>Builds an engine and looks at what the tool left.</summary>
    /// <param name="run">What is built from what.</param>
    /// <param name="cancellation">Ends the tool.</param>
    /// <exception cref="CheckpointException">CKPT3234, CKPT3235, CKPT3238 to CKPT3242 when the tool fails or leaves something else.</exception>
    public abstract void Build(EngineToolRun run, CancellationToken cancellation);
}

using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Building;
using CheckpointBuild.Runtime;
using CheckpointBuild.Runtime.Calibrating;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Building.Quality;

/// <summary>A tiny model, a text for it, and builds that are judged.</summary>
internal sealed class JudgedModel : IDisposable
{
    private readonly Scratch _scratch = new();

    public JudgedModel()
    {
        Model = new TinyLlama().Write(_scratch.PathOf("tiny"));
        Text = Write("text.txt", string.Join(' ', Enumerable.Range(0, 220).Select(i => (i * i).ToString(CultureInfo.InvariantCulture))));
    }

    /// <summary>The checkpoint.</summary>
    public string Model { get; }

    /// <summary>A text of some windows.</summary>
    public string Text { get; }

    /// <summary>Where engines go.</summary>
    public string Output => _scratch.PathOf("out");

    /// <summary>A recipe that is judged on the text.</summary>
    public Recipe Recipe => new() { Engine = "gguf", Quantization = "q4_0", EvaluationText = Text };

    /// <summary>Another path beside the model.</summary>
    public string PathOf(string name) => _scratch.PathOf(name);

    /// <summary>Writes a file beside the model.</summary>
    public string Write(string name, string text)
    {
        File.WriteAllText(_scratch.PathOf(name), text);
        return _scratch.PathOf(name);
    }

    /// <summary>Opens a build on a number of threads.</summary>
    public EngineBuild Open(Recipe recipe, int threads = 1) => EngineBuild.Open(Model, recipe, new SourceHashes(null), null, Calibrator(threads));

    /// <summary>Builds, and gives the report as JSON.</summary>
    public JsonElement Build(Recipe recipe, int threads = 1)
    {
        using EngineBuild build = Open(recipe, threads);
        build.Run(Output, new BuilderOptions { Durability = Durability.Cached, Workers = threads }, HashTrust.Remembered, TestContext.Current.CancellationToken);
        return JsonElement.Parse(File.ReadAllBytes(Path.Combine(Output, BuildReport.FileName)));
    }

    /// <inheritdoc/>
    public void Dispose() => _scratch.Dispose();

    private static ImportanceCalibrator Calibrator(int threads) => new(new DecoderOptions { ThreadCount = threads });
}

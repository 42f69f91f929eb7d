using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using CheckpointBuild.Package.Tests.Matrix;
using CheckpointBuild.Package.Tests.Tasks;
using CheckpointBuild.Tasks;
using Microsoft.Build.Framework;
using Xunit;

namespace CheckpointBuild.Package.Tests.Package;

/// <summary>A project without MSBuild: its checkpoint, its items, its output, and the tasks in the order of the targets.</summary>
internal sealed class StaleDay : IDisposable
{
    private static readonly string[] Types = ["q8_0", "f16"];
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(10);

    private readonly ScratchFolder _scratch = new();
    private readonly Oracle _oracle = new();
    private readonly Random _random = new(20_240_817);
    private int _type;
    private int _name;
    private bool _two;

    public void Dispose()
    {
        _scratch.Dispose();
        _oracle.Dispose();
    }

    /// <summary>Begins anew with a fresh clone and a first build.</summary>
    internal void Begin()
    {
        foreach (string folder in Directory.GetDirectories(_scratch.Root))
        {
            Directory.Delete(folder, recursive: true);
        }

        RepositoryPaths.CopyFolder(RepositoryPaths.DocLlama, Checkpoint);
        (_type, _name, _two) = (0, 0, false);
        BuildAndCompare("first build");
    }

    internal void Do(StaleEdit edit)
    {
        switch (edit)
        {
            case StaleEdit.Weight:
                ChangeWeight(TimeSpan.FromHours(1 + _random.Next(100)));
                break;
            case StaleEdit.WeightOfOld:
                ChangeWeight(TimeSpan.FromDays(-100 - _random.Next(1000)));
                break;
            case StaleEdit.Touch:
                File.SetLastWriteTimeUtc(Path.Combine(Checkpoint, "config.json"), DateTime.UtcNow.AddMinutes(_random.Next(1000) - 500));
                break;
            case StaleEdit.Sidecar:
                ChangeSidecar();
                break;
            case StaleEdit.Options:
                _type ^= 1;
                break;
            case StaleEdit.Name:
                _name ^= 1;
                break;
            case StaleEdit.Item:
                _two = !_two;
                break;
            case StaleEdit.Clean:
                Clean();
                break;
            case StaleEdit.NoOutput:
                Directory.Delete(Output, recursive: true);
                break;
            case StaleEdit.WrongOutput:
                File.WriteAllText(Engines().First(), "overwritten");
                break;
            case StaleEdit.NoStore:
                Directory.Delete(Store, recursive: true);
                break;
            case StaleEdit.WrongStore:
                using (FileStream entry = File.Open(Directory.GetFiles(Store, "*.gguf", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First(), FileMode.Open))
                {
                    entry.SetLength(entry.Length / 2);
                }

                break;
            case StaleEdit.NoMemory:
                Directory.Delete(States, recursive: true);
                break;
            case StaleEdit.Kill:
                Kill();
                break;
            default:
                break;
        }
    }

    /// <summary>Builds, and fails unless the output holds exactly the engines that a build from scratch gives.</summary>
    internal void BuildAndCompare(string history)
    {
        var engine = new RecordingEngine { ProjectFileOfTaskNode = _scratch.Below("app.csproj") };
        Assert.True(Build(engine), history + ": " + string.Join(" | ", engine.Errors.Select(e => e.Message)));
        var expected = Items().ToDictionary(i => $"{i.GetMetadata("EngineName")}.gguf", i => _oracle.Sha256(Checkpoint, null, $"Quantization=\"{i.GetMetadata("Quantization")}\""), StringComparer.Ordinal);
        var found = Engines().ToDictionary(e => Path.GetFileName(e), StrangerFolder.Sha256, StringComparer.Ordinal);
        Assert.True(expected.OrderBy(e => e.Key).SequenceEqual(found.OrderBy(f => f.Key)), $"{history}: the output holds {string.Join(", ", found)}, from scratch it would be {string.Join(", ", expected)}");
    }

    private string Checkpoint => _scratch.Below("models", "doc-llama");

    private string Output => _scratch.Below("bin");

    private string States => _scratch.Below("obj");

    private string Store => _scratch.Below("store");

    private string[] Engines() => Directory.Exists(Output) ? Directory.GetFiles(Output, "*.gguf", SearchOption.AllDirectories) : [];

    private ITaskItem[] Items()
    {
        ITaskItem first = TaskBench.Item(Checkpoint, ("Quantization", Types[_type]), ("EngineName", _name == 0 ? "first" : "second"), ("OutputSubdirectory", "models"));
        return _two ? [first, TaskBench.Item(Checkpoint, ("Quantization", "f32"), ("EngineName", "other"), ("OutputSubdirectory", "models"))] : [first];
    }

    private BuildEngine Task(RecordingEngine engine) => new()
    {
        BuildEngine = engine,
        Checkpoints = Items(),
        StateDirectory = States,
        StoreDirectory = Store,
        ToolPath = RepositoryPaths.Tool,
        ProjectDirectory = _scratch.Root,
    };

    private bool Build(RecordingEngine engine)
    {
        if (!Task(engine).Execute())
        {
            return false;
        }

        var collect = new CollectEngineFiles { BuildEngine = engine, Checkpoints = Items(), ProjectDirectory = _scratch.Root, StateDirectory = States, OutputDirectory = Output, CopyMode = "IfDifferent" };
        return collect.Execute()
            && new CleanEngineFiles { BuildEngine = engine, StateDirectory = States, OutputDirectory = Output, Keep = collect.StateFiles }.Execute()
            && new MaterializeEngineFiles { BuildEngine = engine, Files = collect.Files, StateDirectory = States, OutputDirectory = Output }.Execute();
    }

    private void Clean()
    {
        Assert.True(new CleanEngineFiles { BuildEngine = new RecordingEngine(), StateDirectory = States, OutputDirectory = Output }.Execute());
        Assert.Empty(Engines());
    }

    // The other quantization is asked for and its tool is killed somewhere on the way; then everything is as before.
    private void Kill()
    {
        _type ^= 1;
        var build = System.Threading.Tasks.Task.Run(() => Task(new RecordingEngine()).Execute());
        _ = SpinWait.SpinUntil(() => build.IsCompleted || Tools().Length > 0, KillLimit);
        _ = build.Wait(_random.Next(400));
        foreach (int tool in Tools())
        {
            try
            {
                TestProcess.Kill(tool);
            }
            catch (ArgumentException)
            {
                continue; // It was faster.
            }
        }

        _ = build.GetAwaiter().GetResult();
        _type ^= 1;
    }

    private int[] Tools() => [.. TestProcess.All().Where(id => TestProcess.CommandLine(id) is var line && line.Contains("ckpt.dll", StringComparison.Ordinal) && line.Contains(_scratch.Root, StringComparison.Ordinal))];

    private void ChangeWeight(TimeSpan time)
    {
        string path = Path.Combine(Checkpoint, "model.safetensors");
        using (FileStream file = File.Open(path, FileMode.Open))
        {
            file.Seek(-2, SeekOrigin.End);
            int value = file.ReadByte();
            file.Seek(-2, SeekOrigin.End);
            file.WriteByte((byte)(value ^ 1));
        }

        File.SetLastWriteTimeUtc(path, DateTime.UtcNow + time);
    }

    // Sometimes only the bytes of a file that says the same, sometimes a chat template, which changes the engine's head and none of its tensors.
    private void ChangeSidecar()
    {
        string path = Path.Combine(Checkpoint, _random.Next(2) == 0 ? "generation_config.json" : "tokenizer_config.json");
        string text = File.ReadAllText(path);
        if (path.EndsWith("generation_config.json", StringComparison.Ordinal))
        {
            File.WriteAllText(path, text.EndsWith("\n\n", StringComparison.Ordinal) ? text[..^1] : text + "\n");
            return;
        }

        JsonObject settings = JsonNode.Parse(text)!.AsObject();
        settings["chat_template"] = $"{{{{ messages[0]['content'] }}}}{new string('!', _random.Next(200))}";
        File.WriteAllText(path, settings.ToJsonString());
    }
}

// Fine-tunes a checkpoint with TorchSharp and ships the result: load, train, save in the middle, resume, save the adapter, build the merged engine.
// dotnet run --project samples/FineTuneWithTorchSharp
using CheckpointBuild.Building;
using CheckpointBuild.Building.Torchtune;
using CheckpointBuild.Dialects;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Runtime;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tokenizers;
using CheckpointBuild.TorchSharp;
using FineTuneWithTorchSharp;
using static TorchSharp.torch;

string checkpointFolder = Path.Combine(AppContext.BaseDirectory, "doc-llama");
string work = args.Length > 0 ? args[0] : Path.Combine(AppContext.BaseDirectory, "training");
if (Directory.Exists(work))
{
    Directory.Delete(work, recursive: true);
}

// On Linux systems older than TorchSharp's own.
NativeBackend.Prepare();

// One thread, so that every sum has one order and a resumed run is the uninterrupted one, bit for bit.
set_num_threads(1);
var lora = new LoraSettings(Rank: 8, Alpha: 16);
using CheckpointDirectory directory = CheckpointDirectory.Open(checkpointFolder);
Checkpoint checkpoint = Dialect.Detect(directory).Read(directory);
Tokenizer tokenizer = Tokenizer.Create(checkpoint.TokenizerOrThrow());
int[][] texts = [.. new[]
{
    "method Engine.Start(key)\nStarts the engine with the key.\n- key: The key that fits.\nreturns: True when it runs.\n",
    "method Engine.Stop()\nStops the engine and waits until it stands still.\n",
    "class Garden\nA place where things grow, and the paths between them.\n",
}.Select(t => tokenizer.Encode(t))];
var options = new CheckpointerOptions { Kind = CheckpointerKind.HuggingFace, CheckpointDirectory = checkpointFolder, CheckpointFiles = ["model.safetensors"], OutputDirectory = work };

// Six steps without a break.
using var checkpointer = new Checkpointer(options);
PickleDictionary loaded = checkpointer.Load();
float[] uninterrupted = Train(New(loaded), 6).Losses;

// Three steps, everything saved, and three more by whoever finds it.
(Training first, float[] before) = Train(New(loaded), 3);
checkpointer.Save(first.AddTo(loaded), epoch: 0, SaveKind.Intermediate);
using var resuming = new Checkpointer(options with { ResumeFromCheckpoint = true });
PickleDictionary found = resuming.Load();
(Llama model, Training second) = New(found);
second.Resume(found);
float[] after = Train((model, second), 3).Losses;
Console.WriteLine($"losses {string.Join(' ', uninterrupted)}");
Console.WriteLine($"resumed at step 3: {(uninterrupted.SequenceEqual([.. before, .. after]) ? "the same losses, bit for bit" : "OTHER LOSSES: " + string.Join(' ', after))}");

// The adapter, with its rank and alpha beside it, goes into the engine.
resuming.Save(second.AddTo(found), epoch: 1, SaveKind.AdapterOnly);
string adapter = Path.Combine(work, "epoch_1", "adapter_model.pt");
File.WriteAllText(Path.Combine(work, "epoch_1", "adapter_config.json"), $$"""{"r": {{lora.Rank}}, "lora_alpha": {{lora.Alpha}}, "peft_type": "LORA", "target_modules": ["q_proj", "v_proj"], "base_model_name_or_path": "doc-llama"}""");
Recipe recipe = new() { Engine = "gguf", DType = DType.F32, EngineName = "fine-tuned", Adapter = [new AdapterChoice(adapter, 1)] };
using (EngineBuild build = EngineBuild.Open(checkpointFolder, recipe, new SourceHashes(null)))
{
    build.Run(Path.Combine(work, "engine"), new BuilderOptions(), HashTrust.ReadAgain, default);
}

// What the engine computes is what the module computes.
using CheckpointDirectory engine = CheckpointDirectory.Open(Path.Combine(work, "engine"));
using Decoder decoder = Decoder.Load(Dialect.Detect(engine).Read(engine), new DecoderOptions());
float[] ours = new float[texts[0].Length * checkpoint.Config.VocabularySize];
decoder.ForwardAll(texts[0], ours);
using var untracked = no_grad();
float[] torchs = [.. model.forward(tensor(texts[0], dtype: ScalarType.Int64)).data<float>()];
Console.WriteLine($"engine against module: logits differ by at most {ours.Zip(torchs, (a, b) => Math.Abs(a - b)).Max():E1}");

// A new model with the checkpoint's weights; the changes start from the same seed each time.
(Llama Model, Training Training) New(PickleDictionary state)
{
    manual_seed(7);
    var llama = new Llama(checkpoint.Config, lora);
    IEnumerable<CheckpointBuild.Tensors.Tensor> weights = ((PickleDictionary)state.First(p => p.Key is "model").Value!).Select(p => (CheckpointBuild.Tensors.Tensor)p.Value!);
    ModuleWeights.Load(llama, weights, new ModuleLoadOptions { DTypes = DTypeRule.Convert, IsOwn = Llama.IsOfAdapter });
    return (llama, new Training(llama, texts));
}

static (Training Training, float[] Losses) Train((Llama Model, Training Training) run, int steps) => (run.Training, [.. Enumerable.Range(0, steps).Select(_ => run.Training.Step())]);

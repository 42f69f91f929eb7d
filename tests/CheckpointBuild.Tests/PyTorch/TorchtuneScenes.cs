using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using CheckpointBuild.Building;
using CheckpointBuild.Building.Torchtune;
using CheckpointBuild.Formats;
using CheckpointBuild.Tests.Golden;
using static CheckpointBuild.Tests.PyTorch.TorchtuneStage;

namespace CheckpointBuild.Tests.PyTorch;

/// <summary>The conditions that the reference's errors are listed by, in their words, and what brings them about.</summary>
internal static class TorchtuneScenes
{
    private static readonly Action<PickleDictionary, PickleDictionary> Nothing = (_, _) => { };

    /// <summary>The scene of a condition.</summary>
    /// <param name="condition">The condition.</param>
    /// <returns>The scene, or null for one that is not known.</returns>
    public static TorchtuneScene? Find(string condition) => Of(condition).FirstOrDefault(s => s.Key == condition).Value;

    private static IEnumerable<KeyValuePair<string, TorchtuneScene>> Of(string condition)
    {
        int colon = condition.IndexOf(": ", StringComparison.Ordinal);
        string? kind = colon > 0 ? condition[..colon] : null;
        return (kind switch
        {
            "torchtune" => OfOneFile(CheckpointerKind.Torchtune, "torchtune: "),
            "Meta" => OfOneFile(CheckpointerKind.Meta, "Meta: "),
            _ => [],
        }).Concat(Classic).Concat(Loading).Concat(Saving).Concat(Companions);
    }

    private static Dictionary<string, TorchtuneScene> OfOneFile(CheckpointerKind kind, string prefix) => new()
    {
        [prefix + "two files"] = new("CKPT2156", s => Load(s.Of(kind) with { CheckpointFiles = ["a.pt", "b.pt"] })),
        [prefix + "no file"] = new("CKPT2156", s => Load(s.Of(kind) with { CheckpointFiles = [] })),
        [prefix + "named file absent"] = new("CKPT1001", s => Load(s.Of(kind) with { CheckpointFiles = ["other.pt"] })),
        [prefix + "directory absent"] = new("CKPT1001", s => Load(s.Of(kind) with { CheckpointDirectory = s.Path("nowhere") })),
        [prefix + "resume without recipe_checkpoint"] = new("CKPT2158", s => Load(s.Of(kind) with { ResumeFromCheckpoint = true })),
        [prefix + "resume, recipe file absent"] = new("CKPT1001", s => Load(s.Of(kind) with { ResumeFromCheckpoint = true, RecipeCheckpoint = "other.pt" })),
        [prefix + "adapter file absent (checked even without resume)"] = new("CKPT1001", s => Load(s.Of(kind) with { AdapterCheckpoint = "other.pt" })),
        [prefix + "recipe_checkpoint named but not resuming: ignored"] = new(null, s => Load(s.Of(kind) with { RecipeCheckpoint = "other.pt" })),
    };

    private static Dictionary<string, TorchtuneScene> Classic { get; } = new()
    {
        ["torchtune: suffix is not .pt"] = new("CKPT2157", s => Load(s.Of(CheckpointerKind.Torchtune) with { CheckpointFiles = ["model.bin"] })),
        ["torchtune: file is not a checkpoint"] = new("CKPT1004", s => Spoilt(s, "tune/model.pt", CheckpointerKind.Torchtune)),
        ["torchtune: legacy (non-zip) file"] = new(null, LegacyFile) { Differs = "the reference cannot map such a file; it is read here" },
        ["torchtune: any keys are taken"] = new(null, s => Save(s.Of(CheckpointerKind.Torchtune), Nothing)),
        ["torchtune: save without the key model"] = new("CKPT1359", s => new Checkpointer(s.Of(CheckpointerKind.Torchtune)).Save(new PickleDictionary(PickleDictionaryKind.Dictionary), 0, SaveKind.Final)),
        ["torchtune: output_dir's parent does not exist"] = new(null, s => Save(s.Of(CheckpointerKind.Torchtune) with { OutputDirectory = s.Path("no/such/out") }, Nothing)) { Differs = "folders are made here" },
        ["Meta: unexpected key"] = new("CKPT2006", UnexpectedMetaKey),
        ["Meta: save of an unknown tune key"] = new("CKPT4153", s => Save(s.Of(CheckpointerKind.Meta), (_, model) => model.Set("other.key", model.First().Value))),
        ["HF: a file absent"] = new("CKPT1001", s => Load(s.Of(CheckpointerKind.HuggingFace) with { CheckpointFiles = ["other.safetensors"] })),
        ["HF: directory absent"] = new("CKPT1001", s => Load(s.Of(CheckpointerKind.HuggingFace) with { CheckpointDirectory = s.Path("nowhere") })),
        ["HF: empty file list: loads an empty model"] = new(null, s => Load(s.Of(CheckpointerKind.HuggingFace) with { CheckpointFiles = [], Compatibility = Compatibility.Reference })),
        ["HF: resume without recipe_checkpoint"] = new("CKPT2158", s => Load(s.Of(CheckpointerKind.HuggingFace) with { ResumeFromCheckpoint = true })),
        ["HF: resume, recipe file absent"] = new("CKPT1001", s => Load(s.Of(CheckpointerKind.HuggingFace) with { ResumeFromCheckpoint = true, RecipeCheckpoint = "other.pt" })),
        ["HF: adapter file absent"] = new("CKPT1001", s => Load(s.Of(CheckpointerKind.HuggingFace) with { AdapterCheckpoint = "other.pt" })),
        ["HF: value that is not a tensor"] = new("CKPT2155", NoTensor),
        ["HF: unexpected key"] = new("CKPT2006", UnexpectedKey),
        ["HF: unreadable file"] = new("CKPT1004", s => Spoilt(s, "hf/" + s.Of(CheckpointerKind.HuggingFace).CheckpointFiles[0], CheckpointerKind.HuggingFace)),
        ["HF: save before load (weight map unset)"] = new("CKPT4158", s => new Checkpointer(s.Of(CheckpointerKind.HuggingFace)).Save(s.Some, 0, SaveKind.Final)),
        ["HF: save of a tensor that was in no input file"] = new("CKPT4153", s => Save(s.Of(CheckpointerKind.HuggingFace), (_, model) => model.Set("layers.7.sa_norm.scale", model.First().Value))),
        ["HF: output_dir's parent does not exist (fails in the constructor: config.json is written there)"] = new(null, s => Save(s.Of(CheckpointerKind.HuggingFace) with { OutputDirectory = s.Path("no/such/out") }, Nothing)) { Differs = "folders are made here" },
        ["HF: config.json lacks num_attention_heads"] = new("CKPT2001", s => WithoutField(s, "num_attention_heads")),
        ["HF: config.json lacks num_key_value_heads"] = new("CKPT2007", s => WithoutField(s, "num_key_value_heads")),
        ["HF: config.json lacks hidden_size"] = new("CKPT2001", s => WithoutField(s, "hidden_size")),
        ["HF: config.json absent"] = new("CKPT1001", s => WithoutConfig(s)),
        ["HF: config.json is not JSON"] = new("CKPT2003", s => WithoutConfig(s, "no JSON")),
    };

    private static Dictionary<string, TorchtuneScene> Loading { get; } = new()
    {
        ["torchtune checkpointer with two files"] = OfOneFile(CheckpointerKind.Torchtune, "")["two files"],
        ["torchtune checkpointer with no file"] = OfOneFile(CheckpointerKind.Torchtune, "")["no file"],
        ["Meta checkpointer with two files"] = OfOneFile(CheckpointerKind.Meta, "")["two files"],
        ["torchtune checkpointer given the two-key dict form"] = new("CKPT2156", s => Load(s.Of(CheckpointerKind.Torchtune) with { CheckpointFiles = CheckpointerOptions.FilesOf("model-{}-of-{}.pt", "02") })),
        ["unknown model type name"] = new("CKPT9151", s => Load(s.Of(CheckpointerKind.HuggingFace) with { ModelType = "LLAMA9" })),
        ["model type passed as the enum member instead of its name"] = new("CKPT9151", s => Load(s.Of(CheckpointerKind.HuggingFace) with { ModelType = "ModelType.LLAMA3" })),
        ["model type in lower case"] = new("CKPT9151", s => Load(s.Of(CheckpointerKind.HuggingFace) with { ModelType = "llama3" })),
        ["checkpoint directory does not exist"] = OfOneFile(CheckpointerKind.Torchtune, "")["directory absent"],
        ["HF checkpoint directory does not exist (config.json is read first)"] = Classic["HF: directory absent"],
        ["named file not in the directory"] = OfOneFile(CheckpointerKind.Torchtune, "")["named file absent"],
        ["one of two HF files missing"] = new("CKPT1001", s => Load(s.Of(CheckpointerKind.HuggingFace) with { CheckpointFiles = [s.Of(CheckpointerKind.HuggingFace).CheckpointFiles[0], "other.safetensors"] })),
        ["config.json missing (HF)"] = Classic["HF: config.json absent"],
        ["output directory equals checkpoint directory"] = new("CKPT4151", s => Load(s.Of(CheckpointerKind.Torchtune) with { OutputDirectory = s.Path("tune") })),
        ["output directory below checkpoint directory"] = new("CKPT4151", s => Load(s.Of(CheckpointerKind.Torchtune) with { OutputDirectory = s.Path("tune/out") })),
        ["output directory below checkpoint directory through .."] = new("CKPT4151", s => Load(s.Of(CheckpointerKind.Torchtune) with { OutputDirectory = s.Path("other/../tune/out") })),
        ["checkpoint directory below output directory: allowed"] = new(null, s => Load(s.Of(CheckpointerKind.Torchtune) with { OutputDirectory = s.Path("") })),
        ["resume without a recipe state file"] = new("CKPT2158", s => Load(Resuming(s, false))),
        ["resume with an empty output directory (no epoch_N folder, no adapter given)"] = new("CKPT1001", s => Load(s.Of(CheckpointerKind.Torchtune) with { ResumeFromCheckpoint = true })),
        ["resume with a recipe_checkpoint name that does not exist"] = new("CKPT1001", s => Load(Resuming(s, true) with { RecipeCheckpoint = "other.pt" })),
        ["resume with an adapter name that does not exist (found only when loading)"] = new("CKPT1001", s => Load(Resuming(s, true) with { AdapterCheckpoint = "other.pt" })),
        ["resume without adapter: model files are looked up below output_dir and are not there"] = new("CKPT1001", s => Load(Resuming(s, true) with { CheckpointFiles = ["epoch_7/model-00001-of-00001.bin"] })),
        ["file is not loadable"] = Classic["torchtune: file is not a checkpoint"],
        ["legacy (non-zip) .pt file"] = Classic["torchtune: legacy (non-zip) file"],
        ["safetensors file with wrong content"] = new("CKPT1026", s => Spoilt(s, "hf/" + s.Of(CheckpointerKind.HuggingFace).CheckpointFiles[0], CheckpointerKind.HuggingFace, [8, 0, 0, 0, 0, 0, 0, 0, .. "{\"w\": 1}"u8])),
        ["HF file holds a value that is not a tensor"] = Classic["HF: value that is not a tensor"],
        ["unexpected key in an HF file"] = Classic["HF: unexpected key"],
        ["unexpected key in a Meta file"] = Classic["Meta: unexpected key"],
        ["torchtune file with unexpected keys: no check at all"] = new(null, s => Load(s.Of(CheckpointerKind.Torchtune))),
        ["config.json lacks num_attention_heads"] = Classic["HF: config.json lacks num_attention_heads"],
        ["config.json lacks num_key_value_heads"] = Classic["HF: config.json lacks num_key_value_heads"],
        ["config.json lacks hidden_size"] = Classic["HF: config.json lacks hidden_size"],
        ["config.json head counts do not fit the tensors (view fails)"] = new("CKPT2007", s => WithField(s, "num_attention_heads", 2)),
        ["HF with the dict form, files missing"] = new("CKPT1001", s => Load(s.Of(CheckpointerKind.HuggingFace) with { CheckpointFiles = CheckpointerOptions.FilesOf("other-{}-of-{}.safetensors", "00002") })),
    };

    private static Dictionary<string, TorchtuneScene> Saving { get; } = new()
    {
        ["saving a tensor that was in no input file (weight_map lookup)"] = Classic["HF: save of a tensor that was in no input file"],
        ["saving with one tensor missing: no error, index still lists it"] = new(null, s => Save(s.Of(CheckpointerKind.HuggingFace) with { Compatibility = Compatibility.Reference }, (_, model) => model.Remove("norm.scale"))),
        ["saving with every tensor of one input file missing (index building)"] = new("CKPT4155", s => Save(s.Of(CheckpointerKind.HuggingFace) with { Compatibility = Compatibility.Reference }, (_, model) => WithoutFirstFile(model))),
        ["HF save before load"] = Classic["HF: save before load (weight map unset)"],
        ["save of an unknown tune key (HF)"] = new("CKPT4153", s => Save(s.Of(CheckpointerKind.HuggingFace), (_, model) => model.Set("other.key", model.First().Value))),
        ["save of an unknown tune key (Meta)"] = Classic["Meta: save of an unknown tune key"],
        ["torchtune format saves any key: no check"] = new(null, s => Save(s.Of(CheckpointerKind.Torchtune), (_, model) => model.Set("other.key", model.First().Value))),
        ["FullModelHFCheckpointer: adapter_only without an adapter in the state"] = new("CKPT4152", s => Save(s.Of(CheckpointerKind.HuggingFace), Nothing, SaveKind.AdapterOnly)),
        ["FullModelMetaCheckpointer: adapter_only without an adapter in the state"] = new("CKPT4152", s => Save(s.Of(CheckpointerKind.Meta), Nothing, SaveKind.AdapterOnly)),
        ["FullModelTorchTuneCheckpointer: adapter_only without an adapter in the state"] = new("CKPT4152", s => Save(s.Of(CheckpointerKind.Torchtune), Nothing, SaveKind.AdapterOnly)),
        ["Meta save of LLAMA3_2 without tok_embeddings"] = new("CKPT4154", s => Save(s.Of(CheckpointerKind.Meta), (_, model) => model.Remove("tok_embeddings.weight"))),
        ["Meta load of LLAMA3_2 without output.weight"] = new(null, TiedMeta) { Differs = "a tied model needs none" },
    };

    private static Dictionary<string, TorchtuneScene> Companions { get; } = new()
    {
        ["adapter config lacks target_modules / r / lora_alpha"] = new("CKPT4157", s => SaveAdapter(s, "layers.0.attn.q_proj.lora_a.weight", Settings("q_proj", "r"))),
        ["adapter config names an unknown module"] = new("CKPT4159", s => SaveAdapter(s, "layers.0.attn.q_proj.lora_a.weight", Settings("kv_proj"))),
        ["adapter key unknown in the PEFT export"] = new("CKPT4156", s => SaveAdapter(s, "layers.0.attn.kv_proj.lora_a.weight", Settings("q_proj"))),
        ["dict form: key missing"] = new("CKPT9150", _ => CheckpointerOptions.FilesOf("", "0012")),
        ["dict form: max_filename not a string"] = new("CKPT9150", _ => CheckpointerOptions.FilesOf("model_{}_of_{}.pt", "12.0")),
        ["dict form: one placeholder"] = new("CKPT9150", _ => CheckpointerOptions.FilesOf("model_{}.pt", "0012")),
        ["dict form: three placeholders"] = new("CKPT9150", _ => CheckpointerOptions.FilesOf("model_{}_{}_{}.pt", "0012")),
        ["dict form: max_filename not a number"] = new("CKPT9150", _ => CheckpointerOptions.FilesOf("model_{}_of_{}.pt", "twelve")),
        ["classifier head: state has no output.weight"] = new("CKPT2161", _ => ClassifierHead.Fit(Dictionary(("norm.scale", 1)), Dictionary(("output.weight", 2)), ClassifierHeadRule.WhereRowsDiffer)),
        ["classifier head: model has no output.weight"] = new("CKPT2162", _ => ClassifierHead.Fit(Dictionary(("output.weight", 2)), Dictionary(("norm.scale", 1)), ClassifierHeadRule.WhereRowsDiffer)),
        ["LoRA load validation: missing base key that is no LoRA key"] = new("CKPT2163", _ => Lora(k => k with { MissingInBase = ["layers.0.attn.q_proj.weight"] })),
        ["LoRA load validation: missing base key that is a LoRA key: allowed"] = new(null, _ => Lora(k => k with { MissingInBase = ["layers.0.attn.q_proj.lora_a.weight", "layers.0.attn.q_proj.magnitude"] })),
        ["LoRA load validation: unexpected base key"] = new("CKPT2164", _ => Lora(k => k with { UnexpectedInBase = ["layers.0.attn.q_proj.bias"] })),
        ["LoRA load validation: missing LoRA key"] = new("CKPT2165", _ => Lora(k => k with { MissingInAdapter = ["layers.0.attn.q_proj.lora_b.weight"] })),
        ["LoRA load validation: missing non-LoRA key in the adapter: allowed"] = new(null, _ => Lora(k => k with { MissingInAdapter = ["layers.0.attn.q_proj.weight"] })),
        ["LoRA load validation: unexpected adapter key"] = new("CKPT2166", _ => Lora(k => k with { UnexpectedInAdapter = ["layers.0.attn.v_proj.lora_a.weight"] })),
    };

    private static void Spoilt(TorchtuneStage stage, string file, CheckpointerKind kind, byte[]? content = null)
    {
        File.WriteAllBytes(stage.Path(file), content ?? [.. "this is no checkpoint, but a text that is long enough to be one"u8]);
        Load(stage.Of(kind));
    }

    private static void LegacyFile(TorchtuneStage stage)
    {
        GoldenTopic accepted = GoldenRoot.Topic("torch-containers/accepted");
        if (accepted.Has("legacy-state-dict.pt"))
        {
            File.Copy(accepted.Reach("legacy-state-dict.pt"), stage.Path("tune/model.pt"), true);
        }

        Load(stage.Of(CheckpointerKind.Torchtune));
    }

    private static void UnexpectedMetaKey(TorchtuneStage stage)
    {
        stage.Write("meta/model.pth", Dictionary(("other.key", 1)));
        Load(stage.Of(CheckpointerKind.Meta));
    }

    private static void TiedMeta(TorchtuneStage stage)
    {
        stage.Write("meta/model.pth", Dictionary(("tok_embeddings.weight", 2), ("norm.weight", 1)));
        Load(stage.Of(CheckpointerKind.Meta));
    }

    private static void NoTensor(TorchtuneStage stage)
    {
        stage.Write("hf/one.bin", Dictionary(("model.norm.weight", 1)).Set("epoch", 3L));
        Load(stage.Of(CheckpointerKind.HuggingFace) with { CheckpointFiles = ["one.bin"] });
    }

    private static void UnexpectedKey(TorchtuneStage stage)
    {
        stage.Write("hf/one.bin", Dictionary(("model.other.weight", 1)));
        Load(stage.Of(CheckpointerKind.HuggingFace) with { CheckpointFiles = [.. stage.Of(CheckpointerKind.HuggingFace).CheckpointFiles, "one.bin"] });
    }

    private static void WithField(TorchtuneStage stage, string field, JsonNode value)
    {
        stage.Configure(c => c[field] = value);
        Load(stage.Of(CheckpointerKind.HuggingFace));
    }

    private static void WithoutField(TorchtuneStage stage, string field)
    {
        stage.Configure(c => c.Remove(field));
        Load(stage.Of(CheckpointerKind.HuggingFace));
    }

    private static void WithoutConfig(TorchtuneStage stage, string? content = null)
    {
        File.Delete(stage.Path("hf/config.json"));
        if (content is not null)
        {
            File.WriteAllText(stage.Path("hf/config.json"), content);
        }

        Load(stage.Of(CheckpointerKind.HuggingFace));
    }

    // An output that training left: an epoch's model, and the recipe's state beside it.
    private static CheckpointerOptions Resuming(TorchtuneStage stage, bool hasRecipe)
    {
        CheckpointerOptions options = stage.Of(CheckpointerKind.Torchtune);
        Save(options, Nothing, hasRecipe ? SaveKind.Intermediate : SaveKind.Final);
        return options with { ResumeFromCheckpoint = true, CheckpointFiles = ["epoch_0/model-00001-of-00001.bin"] };
    }

    // What is left lies in one of the files.
    private static void WithoutFirstFile(PickleDictionary model)
    {
        foreach (string key in model.Select(p => (string)p.Key!).Where(k => k != "norm.scale").ToArray())
        {
            model.Remove(key);
        }
    }

    private static PickleDictionary Settings(string module, string? without = null)
    {
        PickleDictionary settings = new PickleDictionary(PickleDictionaryKind.Dictionary).Set("r", 2L).Set("lora_alpha", 4L).Set("target_modules", new PickleSequence(PickleSequenceKind.List, module));
        settings.Remove(without);
        return settings;
    }

    private static void SaveAdapter(TorchtuneStage stage, string tensor, PickleDictionary settings) =>
        Save(stage.Of(CheckpointerKind.HuggingFace), (state, _) => state.Set("adapter", Dictionary((tensor, 2))).Set("adapter_config", settings), SaveKind.AdapterOnly);

    private static void Lora(Func<LoraKeys, LoraKeys> keys) => keys(new LoraKeys { Modules = ["q_proj"] }).Check();
}

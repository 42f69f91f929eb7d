using System.Collections.Generic;
using System.Linq;

namespace CheckpointBuild.Diagnostics;

/// <content>2xxx: configuration and mapping.</content>
internal static partial class Errors
{
    internal static CheckpointException ConfigFieldMissing(string file, string field) => new("CKPT2001",
        $"{file}: the field '{field}' is missing. Take the {System.IO.Path.GetFileName(file)} that belongs to these weights, or add the field.", file);

    internal static CheckpointException ConfigFieldWrong(string file, string field, string found, string needed) => new("CKPT2002",
        $"{file}: the field '{field}' is {found}, needed is {needed}. Take the {System.IO.Path.GetFileName(file)} that belongs to these weights, or mend the field.", file);

    internal static CheckpointException ConfigNotJson(string file, string problem) => new("CKPT2003",
        $"{file}: this is no JSON object as the standard has it ({problem}; each key once and plain numbers are needed, not NaN or Infinity, which only Python writes). Get the file again, or mend it by hand.", file);

    internal static CheckpointException UnknownArchitecture(string file, string found, IEnumerable<string> known) => new("CKPT2004",
        $"{file}: the architecture '{found}' is not known (known: {string.Join(", ", known)}). Use a model of a known architecture, or add it by a plug-in.", file);

    internal static CheckpointException TensorMissing(string file, string tensor, string needed) => new("CKPT2005",
        $"{file}: tensor {Quote(tensor)} {needed} is missing. The checkpoint is incomplete: compare its files with the index, or check config.json against the weights.", file);

    internal static CheckpointException TensorUnknown(string file, IReadOnlyCollection<string> tensors, string family) => new("CKPT2006",
        $"{file}: {(tensors.Count == 1 ? "tensor" : $"{tensors.Count} tensors")} {string.Join(", ", tensors.Take(5).Select(Quote))}{(tensors.Count > 5 ? ", …" : "")} {(tensors.Count == 1 ? "has" : "have")} no place in {family}. Nothing is dropped silently: check that config.json belongs to these weights, or remove what is not the model's.", file);

    internal static CheckpointException TensorShape(string file, string tensor, string found, string needed) => new("CKPT2007",
        $"{file}: tensor {Quote(tensor)} is {found}, {needed} is needed by the configuration. Configuration (config.json, or params.json of Meta's form) and weights do not belong together; take those that do.", file);

    internal static CheckpointException NoCheckpoint(string path, IEnumerable<string> formats) => new("CKPT2008",
        $"{path}: there is no checkpoint here that is known ({string.Join(", ", formats)}). A Hugging Face folder holds config.json and *.safetensors or pytorch_model*.bin; an engine is a .gguf file.", path);

    internal static CheckpointException ShardMissing(string index, string shard, string tensor) => new("CKPT2009",
        $"{index}: names {Quote(shard)} for tensor {Quote(tensor)}, there is no such file beside it. The download is probably incomplete; get the missing shard.", index);

    internal static CheckpointException NotInShard(string index, string shard, string tensor) => new("CKPT2010",
        $"{index}: says that {Quote(shard)} holds tensor {Quote(tensor)}, the file does not. Index and shards come from different saves; get both again.", index);

    internal static CheckpointException UnknownDialect(string found, IEnumerable<string> known) => new("CKPT2011",
        $"the format '{found}' is not known (known: {string.Join(", ", known)}). Use one of these.");

    internal static CheckpointException CannotRun(string what, string target, string instead) => new("CKPT2012",
        $"{what} cannot be written as {target}. {instead}");

    internal static CheckpointException SmallFileTooLarge(string path, long found, long most) => new("CKPT2013",
        $"{path}: has {N(found)} bytes, such a file has at most {N(most)}. Check that it is what its name says.", path);

    internal static CheckpointException SeveralEngines(string folder, IReadOnlyCollection<string> files) => new("CKPT2014",
        $"{folder}: holds {files.Count} GGUF files ('{string.Join("', '", files.Take(5))}'), one is needed. Name the file itself.", folder);

    internal static CheckpointException NoTokenizerInCheckpoint(string checkpoint) => new("CKPT2015",
        $"{checkpoint}: there is no tokenizer beside the weights (tokenizer.json), one is needed here. Add the model's tokenizer files to the folder.");

    internal static CheckpointException AdapterAlready(string file) => new("CKPT2017",
        $"{file}: this is an adapter in llama.cpp's form, which is written here and not read. Take the adapter that it was made from, in PEFT's or torchtune's form.", file);

    internal static CheckpointException NotOfFormat(string path, string format, string found, System.Exception inner) => new("CKPT2018",
        $"{path}: Format={format} is asked for, and no such checkpoint lies here (it looks like {found}). Leave Format out, or name the folder that holds one.", path, inner);

    internal static CheckpointException QuantizedOtherwise(string file, string method, System.Exception? inner = null) => new("CKPT2019",
        $"{file}: the weights were quantized by {method}, which is not read (GPTQ and AWQ of 4 or 8 bits and FP8 with a scale for each matrix or row are). Take the model as it was before, or its GGUF form.", file, inner);

    internal static Diagnostic CardNotRead(string file, string reason) => new("CKPT2016",
        $"{file}: the head of the model card is no YAML that can be read ({reason}). Licence, author and whatever else it says are left out; mend the lines between the two '---'.", file);

    internal static CheckpointException RanksQuantized(string file, string? algorithm, string tensor) => new("CKPT2990",
        $"{file}: {(algorithm is null ? $"tensor {Quote(tensor)} is part of a quantization" : $"the weights are quantized ({algorithm})")}, whose numbers are in the order of one kernel. Only ranks with float weights are read back; use the checkpoint that they were made from.", file);

    internal static CheckpointException RankMissing(string file, string rank) => new("CKPT2991",
        $"{file}: its mapping needs '{rank}', there is no such file beside it. Build that rank, or copy it here.", file);

    internal static CheckpointException LayersMissing(string file, int found, int needed) => new("CKPT2992",
        $"{file}: the ranks hold {found} layers, the configuration says {needed}. The ranks are incomplete; convert the model again with a number of stages that divides its layers.", file);

    internal static Diagnostic ArchitectureByType(string file, string architecture) => new("CKPT2996",
        $"{file}: the architecture is not known; by its model type it is read as {architecture}, as the reference does. Leave Compatibility at safe to have it refused.", file);

    internal static Diagnostic TensorsIgnored(string file, int count, string first) => new("CKPT2997",
        $"{file}: {count} tensors from {Quote(first)} on have no place in the model and are left out, as the reference does. Leave Compatibility at safe to have them refused.", file);

    internal static Diagnostic TensorFilledUp(string file, string tensor, string found, string needed) => new("CKPT2998",
        $"{file}: tensor {Quote(tensor)} is {found} where {needed} is needed, and is filled up with zeros, as the reference does. The engine computes something else than the model: mend the checkpoint.", file);

    internal static Diagnostic ZeroBiasesLeftOut(string file, int count, string first) => new("CKPT2994",
        $"{file}: {count} biases from {Quote(first)} on are zeros for layers that have none. They are left out; nothing changes.", file);

    internal static Diagnostic RanksWithoutTokenizer(string checkpoint) => new("CKPT2995",
        $"{checkpoint}: such a checkpoint holds neither tokenizer nor end tokens. What is made of it has none; put the model's tokenizer files beside it.");

    internal static Diagnostic BiasNotInConfig(string file, string field) => new("CKPT2051",
        $"{file}: the weights have biases although '{field}' is false or absent there. The weights count.", file);

    internal static Diagnostic HeadTiedTwice(string file, string tensor) => new("CKPT2052",
        $"{file}: the configuration ties the output head to the embedding, and {Quote(tensor)} stands in the weights all the same. The weights count: the head is kept as its own matrix.", file);

    internal static Diagnostic StatedDTypeDiffers(string file, string stated, string found) => new("CKPT2053",
        $"{file}: says '{stated}', the weights are {found}. The weights count.", file);

    internal static Diagnostic TwoSetsOfWeights(string folder, string taken, string left) => new("CKPT2054",
        $"{folder}: holds '{taken}' and the set that '{left}' names. '{taken}' is taken, as transformers does; remove the other to silence this.", folder);

    internal static Diagnostic NotInIndex(string index, IReadOnlyCollection<string> files) => new("CKPT2055",
        $"{index}: does not name '{string.Join("', '", files.Take(5))}'. {(files.Count == 1 ? "It is" : "They are")} left out: the index says which files belong to the checkpoint.", index);

    internal static Diagnostic WrapperTakenAway(string file, string prefix) => new("CKPT2056",
        $"{file}: every tensor's name begins with '{prefix}', a wrapper's. It is taken away.", file);

    internal static Diagnostic WrapperInside(string file, string part) => new("CKPT2063",
        $"{file}: tensors' names have '{part}' within, a wrapper's. It is taken away.", file);

    internal static Diagnostic FrequenciesLeftOut(string file, int count, string first) => new("CKPT2064",
        $"{file}: {(count == 1 ? "the rotary frequencies" : $"{N(count)} tensors of rotary frequencies, the first is")} {Quote(first)}, hold other numbers than the configuration gives. They are left out, as the reference does, and frequencies are computed; check the configuration's rotary base and scaling.");

    internal static Diagnostic EndTokensLeft(string tokens) => new("CKPT2057",
        $"GGUF has no place for the end tokens {tokens} beside those that it names. Runtimes will not stop at them; stop at their text in the application.");

    internal static Diagnostic TokenizerNotCarried(Diagnostic fault) => new("CKPT2061",
        $"the tokenizer is not understood ({fault}). It is not written; put the model's own tokenizer files beside the weights.");

    internal static Diagnostic EngineWithoutTokenizer(string checkpoint) => new("CKPT2058",
        $"{checkpoint}: there is no tokenizer beside the weights, so that the product has none. It loads, and takes token ids alone; add tokenizer.json to the folder.");

    internal static Diagnostic EngineComputesElse(string checkpoint, string difference) => new("CKPT2059",
        $"{checkpoint}: the file holds this model as llama.cpp's own converter would write it, and llama.cpp computes something else from it: {difference}. Compare its results before you ship it, or build another engine.");

    internal static Diagnostic EngineWillNotLoad(string checkpoint, string reason) => new("CKPT2060",
        $"{checkpoint}: the file holds this model as llama.cpp's own converter would write it, and llama.cpp does not load it: {reason}. Build another engine.");

    internal static Diagnostic TensorsLeftOut(string file, int count, string first) => new("CKPT2062",
        $"{file}: {count} tensors from {Quote(first)} on belong to layers that predict further tokens in training. They are left out; the model's own results do not depend on them.");

    internal static CheckpointException MappingPatternWrong(string pattern, System.Exception inner) => new("CKPT2800",
        $"mapping: the pattern {Quote(pattern)} cannot be used ({inner.Message}). Write a regular expression without look-around and back-references.", null, inner);

    internal static CheckpointException TowerBeside(string file, int count, string first) => new("CKPT2801",
        $"{file}: {N(count)} tensors from {Quote(first)} on belong to a part for pictures or sound beside the text model, which is not carried. Take the text model's own checkpoint, or skip them by a mapping of a plug-in.", file);

    internal static Diagnostic TensorsSkipped(string file, int count, string first) => new("CKPT2830",
        $"{file}: {(count == 1 ? "tensor" : $"{N(count)} tensors, first of them")} {Quote(first)} {(count == 1 ? "is" : "are")} left out. The mapping that a plug-in registered says so.");

    internal static Diagnostic SplitsOtherwise(string checkpoint, string name) => new("CKPT2831",
        $"{checkpoint}: the pre-tokenizer '{name}' that was asked for splits text otherwise than the model's own. Some texts get other ids in llama.cpp; compare its results before you ship the file.");

    internal static Diagnostic MergesOtherwise(string checkpoint, string name) => new("CKPT2832",
        $"{checkpoint}: llama.cpp splits text as the model's own tokenizer does under the pre-tokenizer '{name}' alone, and differs in whether a piece that is a token is taken whole before any merge. Some texts get other ids there; compare its results before you ship the file.");
}

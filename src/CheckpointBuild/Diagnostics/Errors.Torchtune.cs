using System.Collections.Generic;

namespace CheckpointBuild.Diagnostics;

/// <content>2150 to 2172, 4150 to 4159, 9150 to 9151: Meta's and torchtune's folders, and torchtune's checkpointers.</content>
internal static partial class Errors
{
    // 4150: writing PyTorch's files.

    internal static CheckpointException ValueHasNoPlace(string path, string what) => new("CKPT4150",
        $"{path}: PyTorch's format cannot hold {what} so that its safe loader takes it. Leave the value out, or write it in another way.", path);

    // 2150 and 2153: what PyTorch's files hold beside tensors.

    internal static Diagnostic ValuesLeftOut(string file, int count, string first) => new("CKPT2150",
        $"{file}: holds {(count == 1 ? "a value that is no tensor" : $"{count} values that are no tensors")}, the first is {Quote(first)}. {(count == 1 ? "It is" : "They are")} left out: a model needs tensors alone.");

    internal static Diagnostic WeightsNested(string file, string key, int others) => new("CKPT2153",
        $"{file}: the weights stand under {Quote(key)}, as training programs save them{(others == 0 ? "" : others == 1 ? ", beside one other tensor or value, which is left out" : $", beside {N(others)} other tensors and values, which are left out")}. Save the model's state dict alone where nothing else is wanted.");

    // 2151 to 2154: Meta's folders.

    internal static CheckpointException MetaShardMissing(string path, string what, string why) => new("CKPT2151",
        $"{path}: {what}, and the checkpoint is incomplete without it: {why}. Get the missing shard; each holds a part of every tensor.", path);

    internal static CheckpointException MetaShardsDiffer(string path, string tensor, string what) => new("CKPT2152",
        $"{path}: tensor {Quote(tensor)} {what}. The shards are of different checkpoints or damaged; get them again.", path);

    internal static Diagnostic MetaTokenizerMissing(string checkpoint) => new("CKPT2154",
        $"{checkpoint}: there is no tokenizer.model to go along, the one file that Meta's form has for a tokenizer. The weights are written without it; put it beside them.");

    internal static Diagnostic NormalizationForgotten(string checkpoint) => new("CKPT2169",
        $"{checkpoint}: tokenizer.json is the one that the reference writes, which leaves out what the model of pieces itself does to a text first (a space before it, doubled spaces). tokenizer.model beside it does so still.");

    // 2155 to 2160: loading with torchtune's checkpointers.

    internal static CheckpointException TuneNotTensor(string path, string key, string type) => new("CKPT2155",
        $"{path}: the value of {Quote(key)} is {type}, a tensor is needed: a state dict holds tensors alone. Save the model's state dict by itself.", path);

    internal static CheckpointException TuneFileCount(string path, int found) => new("CKPT2156",
        $"{path}: {N(found)} files are named, exactly one is needed by this checkpointer. Name the one file, or use the checkpointer for Hugging Face's files.", path);

    internal static CheckpointException TuneSuffix(string path, string needed) => new("CKPT2157",
        $"{path}: the name must end in '{needed}'. Name a file that torch.save wrote under such a name.", path);

    internal static CheckpointException TuneRecipeMissing(string path) => new("CKPT2158",
        $"{path}: there is no state of the recipe to resume from (recipe_checkpoint). Name the recipe state that the intermediate checkpoint left, or start anew.", path);

    internal static CheckpointException TuneRecipeBroken(string path, string what) => new("CKPT2159",
        $"{path}: this is no state of a recipe: {what}. Name the recipe state that the intermediate checkpoint left.", path);

    internal static CheckpointException TuneModelTypeDiffers(string path, string type, IEnumerable<string> needed, string found) => new("CKPT2160",
        $"{path}: the architecture is '{found}', the model type {type} is for {string.Join(", ", needed)}. Name the type of this model, or leave it to config.json.", path);

    internal static Diagnostic TiedHeadOnce(string checkpoint) => new("CKPT2172",
        $"{checkpoint}: the files hold the head ('lm_head.weight') beside the embedding that it is tied to. torchtune's form has it once, and what is converted back from there too; loading ties both again.");

    // 2170 and 2171: what Meta's folders say and do not say.

    internal static Diagnostic FrequenciesDiffer(string file, string found) => new("CKPT2170",
        $"{file}: 'rope.freqs' ({found}) holds other numbers than the rotary base in params.json gives. They are left out, and computed where Meta's form is written, as Meta's own code never takes them from the file; check rope_theta.");

    internal static Diagnostic HeadTakenAsTied(string file) => new("CKPT2171",
        $"{file}: there is no 'output.weight', and nothing says that the head is the embedding. It is taken for that; if the model has a head of its own, the file is incomplete.");

    // 4151 to 4157: saving.

    internal static CheckpointException OutputInsideSource(string output, string source) => new("CKPT4151",
        $"{output}: the output lies in the folder that is read, {source}. Choose another output: what is saved must not become what is loaded.", output);

    internal static CheckpointException TuneAdapterNotInState(string output) => new("CKPT4152",
        $"{output}: the adapter alone is to be saved, and the state has no 'adapter'. Put it there, or save the model.", output);

    internal static CheckpointException TuneUnknownTensor(string output, string tensor) => new("CKPT4153",
        $"{output}: tensor {Quote(tensor)} was in none of the files that were loaded, so that no file is its own. Save what was loaded, under the same names.", output);

    internal static CheckpointException TuneTensorMissing(string output, string tensor) => new("CKPT4154",
        $"{output}: tensor {Quote(tensor)} was loaded, and the state to save has nothing to make it of. Save every tensor that was loaded; torchtune's own checkpointer would list it in an index without writing it.", output);

    internal static CheckpointException TuneFileEmpty(string output, string file) => new("CKPT4155",
        $"{output}: no tensor is left for {file}. Save every tensor that was loaded.", output);

    internal static CheckpointException TuneAdapterTensor(string output, string tensor) => new("CKPT4156",
        $"{output}: the adapter's tensor {Quote(tensor)} has no name in PEFT's form (a factor or magnitude of a projection of the model is needed). Take it out of 'adapter', or put it into 'model'.", output);

    internal static CheckpointException TuneAdapterConfig(string output, string what) => new("CKPT4157",
        $"{output}: 'adapter_config' cannot be written for PEFT: {what}. Give r, lora_alpha and target_modules in torchtune's names.", output);

    // 2161 to 2168: what a training loop's module and its weights lack of each other, and checkpoints in pieces.

    internal static CheckpointException TuneHeadMissing() => new("CKPT2161",
        "the state's model has no 'output.weight' that a classifier's head could take the place of. Load a model with a head; one that shares its embedding has none.");

    internal static CheckpointException TuneClassifierHeadMissing() => new("CKPT2162",
        "the classifier has no 'output.weight'. Give its parameters under torchtune's names.");

    internal static CheckpointException TuneBaseLacks(string key) => new("CKPT2163",
        $"the base's weights have nothing for {Quote(key)}, which is no low-rank change. Load the weights of the model that is trained on.");

    internal static CheckpointException TuneBaseLeftOver(string key) => new("CKPT2164",
        $"the base's weights have {Quote(key)}, for which the model has no place. Load the weights of the model that is trained on.");

    internal static CheckpointException TuneAdapterLacks(string key) => new("CKPT2165",
        $"the adapter has nothing for {Quote(key)}, a low-rank change of the model. Resume with the modules and the rank that the adapter was trained with.");

    internal static CheckpointException TuneAdapterLeftOver(string key) => new("CKPT2166",
        $"the adapter has {Quote(key)}, for which the model has no place. Resume with the modules and the rank that the adapter was trained with.");

    internal static CheckpointException DistributedCheckpoint(string path) => new("CKPT2167",
        $"{path}: this is a distributed checkpoint of PyTorch (.metadata and *.distcp) without the model's configuration. Put the model's config.json and tokenizer beside .metadata.", path);

    internal static CheckpointException DistributedBroken(string path, string what) => new("CKPT2168",
        $"{path}: this index of a distributed checkpoint cannot be followed: {what}. Save the checkpoint again, or make one file of it with torch.distributed.checkpoint's dcp_to_torch_save.", path);

    internal static CheckpointException TuneNotLoaded(string output) => new("CKPT4158",
        $"{output}: no model was loaded, and which tensor goes into which file of Hugging Face's is known from there. Call Load before Save.", output);

    internal static CheckpointException TuneAdapterModule(string output, string module, IEnumerable<string> known) => new("CKPT4159",
        $"{output}: 'adapter_config' has the target module {Quote(module)}, which is none of torchtune's ({string.Join(", ", known)}). Name the modules as torchtune does.", output);

    // 9150 to 9151: torchtune's words.

    internal static CheckpointException TuneModelType(string found, IEnumerable<string> known) => new("CKPT9151",
        $"the model type {Quote(found)} is none of torchtune's that are known here ({string.Join(", ", known)}). Write one of these, or leave it to config.json.");

    internal static CheckpointException FileNameFormat(string format, string max) => new("CKPT9150",
        $"the names of files {Quote(format)} with the last {Quote(max)} cannot be spelled out (two {{}} and a number are needed). Write for instance 'model-{{}}-of-{{}}.safetensors' and '00003'.");
}

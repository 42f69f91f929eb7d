using System.Collections.Generic;
using System.Linq;

namespace CheckpointBuild.Diagnostics;

/// <content>226x and 236x: adapters, and modules of training libraries.</content>
internal static partial class Errors
{
    internal static CheckpointException NoAdapter(string path, string problem) => new("CKPT2260",
        $"{path}: there is no adapter here ({problem}). A PEFT adapter is a folder with adapter_config.json and adapter_model.safetensors or adapter_model.bin; name that folder, or its weights file.", path);

    internal static CheckpointException AdapterKind(string path, string found, string reason) => new("CKPT2261",
        $"{path}: {Quote(found)} is not merged ({reason}). Merge this adapter with the library that trained it, and build the merged checkpoint.", path);

    internal static CheckpointException AdapterTensorUnknown(string path, string tensor, string needed) => new("CKPT2262",
        $"{path}: tensor {Quote(tensor)} is no part of an adapter that is understood ({needed} is needed). Nothing is dropped silently: save the adapter again with the library that trained it.", path);

    internal static CheckpointException AdapterIncomplete(string path, string module, string missing) => new("CKPT2263",
        $"{path}: module {Quote(module)} has no {missing}. The file is incomplete; get it again, or save the adapter again.", path);

    internal static CheckpointException AdapterNotOfBase(string path, string checkpoint, IReadOnlyCollection<string> modules) => new("CKPT2264",
        $"{path}: {(modules.Count == 1 ? "module" : $"{modules.Count} modules")} {string.Join(", ", modules.Take(5).Select(Quote))}{(modules.Count > 5 ? ", …" : "")} {(modules.Count == 1 ? "is" : "are")} not in the base {Quote(checkpoint)}. The adapter was trained on another model; a part of it is not merged. Take the base that it was trained on.", path);

    internal static CheckpointException AdapterShape(string path, string tensor, string found, string needed) => new("CKPT2265",
        $"{path}: tensor {Quote(tensor)} is {found}, {needed} is needed. The adapter was trained on another model, or its configuration belongs to another adapter; take those that belong together.", path);

    internal static CheckpointException AdapterTargetsUnmet(string path, IReadOnlyCollection<string> modules) => new("CKPT2266",
        $"{path}: the configuration's target_modules ask for a change of {(modules.Count == 0 ? "modules that the base does not have" : Unmet(modules, "factors"))}. Configuration and weights come from different saves; get both again.", path);

    internal static CheckpointException AdapterWholesUnmet(string path, IReadOnlyCollection<string> modules) => new("CKPT2369",
        $"{path}: the configuration's modules_to_save ask for {Unmet(modules, "tensors")}. Configuration and weights come from different saves; get both again.", path);

    internal static CheckpointException AdapterDType(string path, string tensor, string dtype) => new("CKPT2267",
        $"{path}: tensor {Quote(tensor)} is {dtype}, a float type is needed. The file is damaged or was quantized; save the adapter in a float type.", path);

    internal static CheckpointException AdapterScaleUnknown(string path) => new("CKPT2268",
        $"{path}: nothing says by what the factors are scaled (lora_alpha). Put the adapter_config.json with r and lora_alpha beside the file.", path);

    internal static CheckpointException AdaptersDisagree(string path, string tensor, string other) => new("CKPT2269",
        $"{path}: replaces tensor {Quote(tensor)} as a whole, and so does {Quote(other)}. Only one of them can count; leave one adapter out.", path);

    internal static Diagnostic AdapterOfOtherBase(string path, string stated, string found) => new("CKPT2360",
        $"{path}: says that it was trained on {Quote(stated)}, the base is {Quote(found)}. Names and shapes fit and it is taken; check that the base is the right one.", path);

    internal static Diagnostic AdapterSettingUnknown(string path, IReadOnlyCollection<string> settings) => new("CKPT2361",
        $"{path}: {string.Join(", ", settings.Take(5).Select(Quote))} {(settings.Count == 1 ? "is" : "are")} not known here and left out of account, as the adapter's own library would. Check that nothing in it changes what the adapter computes.", path);

    internal static Diagnostic AdapterUntrained(string path) => new("CKPT2362",
        $"{path}: every factor B is zero, the adapter changes nothing. It was saved before it was trained; check which file is meant.", path);

    internal static Diagnostic WeightLeavesWhole(string path, double weight) => new("CKPT2363",
        System.FormattableString.Invariant($"{path}: has tensors that were trained as a whole beside its low-rank changes. The weight {weight} scales the changes alone; the tensors are taken as they are."), path);

    internal static Diagnostic AdapterUnties(string path, string tensor) => new("CKPT2364",
        $"{path}: replaces {Quote(tensor)} of a pair that the base ties. The other keeps its values: the model has two matrices from now on, and its configuration says so.", path);

    internal static CheckpointException AdapterContradicted(string path, string found, string stated) => new("CKPT2365",
        $"{path}: {found}, but {stated}. File and configuration do not mean the same adapter, and one of them would be left out of account; put the adapter_config.json beside the file that was saved with it.", path);

    internal static CheckpointException ModuleNames(IReadOnlyCollection<string> missing, IReadOnlyCollection<string> unexpected) => new("CKPT2366",
        $"module and checkpoint have other names: {(missing.Count == 0 ? "" : $"{N(missing.Count)} of the module's are not in the checkpoint ({string.Join(", ", missing.Take(5).Select(Quote))}{(missing.Count > 5 ? ", …" : "")})")}{(missing.Count > 0 && unexpected.Count > 0 ? "; " : "")}{(unexpected.Count == 0 ? "" : $"{N(unexpected.Count)} of the checkpoint's are not in the module ({string.Join(", ", unexpected.Take(5).Select(Quote))}{(unexpected.Count > 5 ? ", …" : "")})")}. Name the module's parts as the checkpoint does, give the naming that it follows, or say which parameters are its own.");

    internal static CheckpointException ModuleShape(string tensor, string found, string needed) => new("CKPT2367",
        $"tensor {Quote(tensor)} is {found}, {needed} is needed. Module and checkpoint are of different models; make the module with the checkpoint's configuration.");

    internal static CheckpointException ModuleDType(string tensor, string found, string needed) => new("CKPT2368",
        $"tensor {Quote(tensor)} is {found}, {needed} is needed. Make the module in the checkpoint's dtype, or ask for conversion.");

    private static string Unmet(IReadOnlyCollection<string> modules, string parts) =>
        string.Join(", ", modules.Take(5).Select(Quote)) + (modules.Count > 5 ? $" and {N(modules.Count - 5)} more" : "") + $", for which the file has no {parts}";
}

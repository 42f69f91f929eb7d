using System.Globalization;
using System.Linq;

namespace CheckpointBuild.Diagnostics;

/// <content>3xxx: stages and quantization.</content>
internal static partial class Errors
{
    private const string HowToGetImportance = "Give one with ImportanceMatrix (a file of llama-imatrix), or name a text with Calibration and have it measured.";

    internal static CheckpointException NotFinite(string tensor, float value, long row, long column, string dtype) => new("CKPT3001",
        string.Create(CultureInfo.InvariantCulture, $"tensor {Quote(tensor)}: the weight at row {N(row)}, column {N(column)} is {value}, which {dtype} cannot hold. The checkpoint is damaged or training diverged; use a sound one, or a float dtype to keep the value."));

    internal static CheckpointException BeyondRange(string tensor, double value, long row, long column, string dtype) => new("CKPT3002",
        string.Create(CultureInfo.InvariantCulture, $"tensor {Quote(tensor)}: the weight at row {N(row)}, column {N(column)} is {value:G9}, which {dtype} cannot hold. Use a wider type (bfloat16 or float32 in place of float16), or Compatibility=reference to write infinity as the reference tools do."));

    internal static CheckpointException NoValues(string tensor, string dtype, string wanted) => new("CKPT3004",
        $"tensor {Quote(tensor)}: is {dtype}, whose numbers are not computed with; {wanted} is needed. Convert the weights to a float type with the tool that made them, or keep them as they are.");

    internal static CheckpointException BrokenScale(string tensor, long row, long column, string dtype, string verb) => new("CKPT3003",
        $"tensor {Quote(tensor)}: the {dtype} block at row {N(row)}, column {N(column)} {verb} a scale that is not finite. The weights are damaged or too large for {dtype}; use a sound checkpoint or another type.");

    internal static CheckpointException ImportanceNeeded(string file, string kind, string tensor, string dtype) => new("CKPT3070",
        $"{file}: {kind} is poor without an importance matrix (none given, one needed: tensor {Quote(tensor)} becomes {dtype}). {HowToGetImportance}");

    internal static CheckpointException ImportanceNeededFor(string file, string tensor, string dtype) => new("CKPT3071",
        $"{file}: tensor {Quote(tensor)} as {dtype} is poor without importance (none for this tensor, {dtype} needs it). {HowToGetImportance} Or give the tensor another type with TensorTypes.");

    internal static CheckpointException ImportanceDoesNotFit(string file, string tensor, long found, long needed) => new("CKPT3072",
        $"{file}: the importance matrix has {N(found)} numbers for tensor {Quote(tensor)} ({N(needed)} are needed). It was made for another model; make one for this.", file);

    internal static CheckpointException NoFallback(string file, string tensor, string dtype, long columns, int block) => new("CKPT3073",
        $"{file}: tensor {Quote(tensor)} has rows of {N(columns)} (a multiple of {block} is needed for {dtype}, and there is no smaller type to fall back to). Give it another type with TensorTypes.");

    internal static CheckpointException NoSuchLayer(string file, int found, int layers) => new("CKPT3074",
        $"{file}: PruneLayers names layer {found}, the model has layers 0 to {layers - 1}. Name layers that are there.");

    internal static CheckpointException CalibrationText(string path, string found) => new("CKPT3077",
        $"{path}: is no text to calibrate with ({found}; at least one chunk of 512 tokens in UTF-8 is needed). Name a longer text of the kind that the model will see.", path);

    internal static CheckpointException NoCalibrator(string file) => new("CKPT3078",
        $"{file}: Calibration needs something that runs the model (none was given). Build with the tool, or hand EngineBuild.Open a calibrator.");

    internal static CheckpointException ImportanceTwice() => new("CKPT3079",
        "ImportanceMatrix and Calibration both say what weighs the columns (one is needed). Leave one out.");

    internal static CheckpointException ImportanceOfOtherModel(string file, string entry, string tensor) => new("CKPT3090",
        $"{file}: the importance matrix names none of the model's tensors (it has {Quote(entry)}, for instance; {Quote(tensor)} is needed). It was made for another model; make one for this.", file);

    internal static CheckpointException NoLayerLeft(string file, int layers) => new("CKPT3091",
        $"{file}: PruneLayers names all layers ({layers} of {layers}; at least one must stay). Name fewer.");

    internal static Diagnostic RuleMatchesNothing(string file, string rule) => new("CKPT3092",
        $"{file}: no tensor's name matches {Quote(rule)} of TensorTypes; it changes nothing. Patterns are regular expressions for names such as blk.0.ffn_down.weight.");

    internal static Diagnostic ZerosDisplace(string file, string[] tensors, bool followsReference) => new("CKPT3093",
        followsReference
            ? $"{file}: {N(tensors.Length)} IQ3_S tensors have groups of 32 weights that are all zero ({Some(tensors)}). The reference writes what follows them to wrong places, and so it is written here, as asked; the weights behind them decode to other numbers. Leave Compatibility at safe to have them right."
            : $"{file}: {N(tensors.Length)} IQ3_S tensors have groups of 32 weights that are all zero ({Some(tensors)}). The reference's tool writes what follows them to wrong places; here it stands where decoders look for it, so that these tensors' bytes differ from the reference's.");

    private static string Some(string[] names) => string.Join(", ", names.Take(5)) + (names.Length > 5 ? ", ..." : "");

    internal static CheckpointException NoImportanceLeft(string file, string[] parts, string example) => new("CKPT3094",
        $"{file}: IncludeWeights and ExcludeWeights ({string.Join(", ", parts)}) leave no tensor of the importance matrix (at least one is needed; its names are like {Quote(example)}). Name parts of names that are there, or leave the matrix out.");

    internal static CheckpointException ImportanceCutForNothing(string field) => new("CKPT3095",
        $"{field} says for which tensors an importance matrix counts, and there is none (found: neither ImportanceMatrix nor Calibration). Give one of them, or leave {field} out.");

    internal static CheckpointException ImportanceCutTwice() => new("CKPT3096",
        "IncludeWeights and ExcludeWeights both say for which tensors the importance matrix counts (one is needed). Leave one out.");

    internal static CheckpointException OverrideOfOtherKind(string file, string key, string found, string needed) => new("CKPT3098",
        $"{file}: {key} is {needed}, and OverrideKv would make it {found}. llama.cpp refuses such a file; give a value of the same kind.", file);

    internal static CheckpointException ListOverridden(string file, string key) => new("CKPT3097",
        $"{file}: OverrideKv gives {Quote(key)} a single value, and the file has a list there (a list is needed). Leave it out; a tokenizer's lists follow from the tokenizer's files.");

    internal static Diagnostic WidthFallsBack(string file, int count, string first, long columns, string wanted, string given) => new("CKPT3075",
        $"{file}: {N(count)} tensors have rows that are no whole number of {wanted} blocks ({Quote(first)} is the first, with {N(columns)} columns); they become {given}.");

    internal static Diagnostic QuantizedAgain(string file, int count, string first) => new("CKPT3076",
        $"{file}: {N(count)} tensors are quantized already ({Quote(first)} is the first) and are quantized again, which loses more than from the original weights. Use the original checkpoint where there is one.");

    internal static CheckpointException MergedNotFinite(string tensor, float value, long row, long column, string dtype) => new("CKPT3060",
        string.Create(CultureInfo.InvariantCulture, $"tensor {Quote(tensor)}: with the adapter the weight at row {N(row)}, column {N(column)} is {value:G9}, which {dtype} cannot hold. Training diverged, the adapter's file is damaged, or its weight is too large; take a sound adapter, or a wider dtype."));

    internal static CheckpointException OverQualityBudget(string name, string excess, string[] worst, string? better) => new("CKPT3080",
        $"{name}: {excess}; the engine is not kept. The matrices that lost most: {string.Join(", ", worst)}. {(better is null ? "Choose a type with more bits" : $"Quantization={better} is estimated to fit")}, give these matrices a larger type with TensorTypes, or allow more.");

    internal static CheckpointException NoJudge(string file) => new("CKPT3081",
        $"{file}: judging an engine needs something that runs models (none was given, or one that cannot judge). Build with the tool, or hand EngineBuild.Open a calibrator that can.");

    internal static CheckpointException BudgetWithoutText(string budget) => new("CKPT3082",
        $"{budget} needs a text to measure on (EvaluationText is not set). Name a text in UTF-8 of the kind that the model will see: EvaluationText=\"evaluation.txt\".");

    internal static CheckpointException AutoWithoutBudget() => new("CKPT3083",
        "Quantization=auto needs to know what to keep (no budget is set, one is needed). Set MaxEngineSize (\"3MB\"), or MaxKlDivergence (\"0.02\") or MaxPerplexityIncrease (\"2%\") with an EvaluationText; or name a type, such as q4_k_m.");

    internal static CheckpointException AutoWithoutText() => new("CKPT3084",
        "Quantization=auto measures how much each matrix matters (no text is set to measure on, one is needed). Name a text in UTF-8 with EvaluationText, or with Calibration, which then weighs columns too.");

    internal static CheckpointException EvaluationText(string path, string found) => new("CKPT3085",
        $"{path}: is no text to judge on ({found}; at least one window of 512 tokens in UTF-8 is needed). Name a longer text of the kind that the model will see.", path);

    internal static CheckpointException CannotBeJudged(string engine, string asked) => new("CKPT3086",
        $"{asked}: an engine of {engine} with these choices cannot be run here (one that is read back is needed: gguf, huggingface, meta, torchtune, or tensorrt-llm with float weights). Leave the budget out, or judge another target.");
}

namespace CheckpointBuild.Diagnostics;

/// <content>32xx: TensorRT-LLM checkpoints.</content>
internal static partial class Errors
{
    internal static CheckpointException GridImpossible(int tensor, int pipeline, int context, int most) => new("CKPT3201",
        $"ranks: TensorParallel {tensor} × PipelineParallel {pipeline} × ContextParallel {context} cannot be (each at least 1, together at most {N(most)}). Choose sizes that your machines have.");

    internal static CheckpointException ExpertGridWrong(int tensor, int expert, int ranks) => new("CKPT3202",
        $"ranks: MoeTensorParallel {int.Max(tensor, 1)} × MoeExpertParallel {int.Max(expert, 1)} is not TensorParallel ({ranks}). Choose two that multiply to it, or leave one out where the other divides it.");

    internal static CheckpointException SplitUneven(string tensor, string what, long found, int ranks) => new("CKPT3203",
        $"{tensor}: its {N(found)} {what} cannot be split evenly over {ranks} ranks. Choose a number of ranks that divides them.");

    internal static CheckpointException HeadsUneven(string checkpoint, string what, int heads, int ranks, string valid) => new("CKPT3204",
        $"{checkpoint}: {heads} {what} cannot be split over {ranks} ranks. Choose TensorParallel as one of {valid}.");

    internal static CheckpointException StagesUneven(string checkpoint, int layers, int stages, string valid) => new("CKPT3205",
        $"{checkpoint}: {layers} layers do not divide into {stages} pipeline stages; this release would leave layers out without a word. Choose PipelineParallel as one of {valid}, or TensorRtLlmVersion 1.0 or later, whose first stages take one more.");

    internal static CheckpointException ReferenceRefuses(string architecture, string reason) => new("CKPT3206",
        $"{architecture}: the reference has no such checkpoint ({reason}). Leave Compatibility at safe, where it is made.");

    internal static CheckpointException UnknownGpu(int sm) => new("CKPT3207",
        $"TargetSm {sm}: the order of packed weights for such a GPU is not known (known: 75 to 99). Choose TargetSm 0, so that weights are packed where the engine is built, or another quantization.");

    internal static CheckpointException KernelCannotTake(string module, string shape, int sm, string algorithm) => new("CKPT3208",
        $"{module}: its share {shape} does not fit the tiles of {algorithm} for compute capability {sm} (64 columns, 32 bytes of a column). Choose fewer ranks, or another quantization.");

    internal static CheckpointException RankWithoutBlock(string module, string shape, int ranks, int rank) => new("CKPT3209",
        $"{module}: of its {shape} in blocks padded to 64 nothing is left for rank {rank} of {ranks}. Choose fewer ranks, or no weight-only quantization.");

    internal static CheckpointException StatisticsDamaged(string path, string problem) => new("CKPT3210",
        $"{path}: these are no calibration statistics ({problem}). A safetensors file with float32 vectors MODULE.x and MODULE.y is needed, of magnitudes alone.", path);

    internal static CheckpointException StatisticsMissing(string path, string module, long inputs, long outputs, int? foundInputs, int? foundOutputs) => new("CKPT3211",
        $"{path}: the statistics of {Quote(module)} {(foundInputs is null ? "are missing" : $"have {foundInputs} inputs and {foundOutputs} outputs")} ({N(inputs)} and {N(outputs)} are needed). They belong to another model; calibrate this one.", path);

    internal static CheckpointException CannotCalibrate(string checkpoint, string what, string converter) => new("CKPT3212",
        $"{checkpoint}: {what} is not known for models of the class {converter}. Choose another quantization, or none: int8_wo and int4_wo are known for every class.");

    internal static CheckpointException CacheBesideWeights(string checkpoint, string algorithm) => new("CKPT3259",
        $"{checkpoint}: an int8 cache beside {algorithm} is not known to the converters (it is beside floats, weight-only, SmoothQuant and calibrated weights; an FP8 cache is beside all). Leave the cache's quantization out, or choose fp8 for it.");

    internal static Diagnostic Float8Otherwise(string checkpoint, string algorithm, string result) => new("CKPT3260",
        $"{checkpoint}: its weights are FP8 and {algorithm} is asked for: {result}. Leave Quantization out to keep them as they are, or build from the original weights.");

    internal static Diagnostic RanksInexact(string checkpoint, string what) => new("CKPT3261",
        $"{checkpoint}: {what}, which ranks do not hold. Take the checkpoint that they were made from where every bit counts.");

    internal static Diagnostic EngineSettingExceeds(string setting, int found, int most, string effect) => new("CKPT3264",
        $"{setting} {found}: is more than can be used (valid: 1 to {most}); {effect}. Choose a number in that range, or leave it out.");

    internal static Diagnostic EngineSettingReplaced(string setting, string asked, string taken, string reason) => new("CKPT3265",
        $"{setting} {asked}: the builder takes {taken} instead ({reason}). Leave it out, or give what is taken.");

    internal static CheckpointException GroupsOfAll(string checkpoint) => new("CKPT3263",
        $"{checkpoint}: a group of its quantization is a whole column of a matrix (group_size -1), and the runtime's kernels take groups of 64 or 128. Quantize again with such groups, or build another engine.");

    internal static CheckpointException NoKernelOrder(string checkpoint) => new("CKPT3262",
        $"{checkpoint}: TargetSm 0 leaves the order of weights to the engine's builder, and it takes those of GPTQ and AWQ in the order of a GPU alone. Name that GPU (75 to 99; 80 where nothing is said).");

    internal static CheckpointException StatisticsNeeded(string checkpoint, string what) => new("CKPT3213",
        $"{checkpoint}: {what} depends on what runs through the model, and no calibration is named. Name a text with Calibration (--calibration FILE), or statistics with CalibrationStatistics (--calibration-statistics FILE).");

    internal static CheckpointException CalibratedWithContexts(string what) => new("CKPT3214",
        $"{what} and ContextParallel cannot be asked for together: the reference's calibrated path has no contexts. Leave one out.");

    internal static CheckpointException ActOrder(string file) => new("CKPT3215",
        $"{file}: the quantizer ordered columns by activations (desc_act), which no kernel here reads. Quantize again with desc_act false.", file);

    internal static CheckpointException NotPacked(string module, string algorithm) => new("CKPT3216",
        $"{module}: {algorithm} takes weights that GPTQ or AWQ has quantized, and these are not. Name the quantized checkpoint, or choose int4_wo or int8_wo.");

    internal static CheckpointException PackedOtherwise(string module, int bits, string algorithm) => new("CKPT3217",
        $"{module}: its weights are quantized with {bits} bits, or not all in one way, and {algorithm} is asked for. Choose the algorithm that the source was quantized for.");

    internal static CheckpointException NoFloat8Scales(string module, string tensor, string missing) => new("CKPT3218",
        $"{module}: FP8 needs weights in FP8 with their scale and an activation scale, and {Quote(tensor)} has no {missing}. Calibrate the model with a tool that writes input_scale and weight_scale, name a text with Calibration (--calibration FILE), or choose FP8_PER_CHANNEL_PER_TOKEN, which needs none.");

    internal static CheckpointException PaddingCutsHeads(string checkpoint, string algorithm, int multiple) => new("CKPT3219",
        $"{checkpoint}: {algorithm} pads its matrices of attention to multiples of {multiple}, and the runtime then cuts queries, keys and values through without regard to heads. Choose fewer ranks, TargetSm 0 (packed where the engine is built), or another quantization.");

    internal static Diagnostic HeadsCutThrough(string checkpoint, int multiple) => new("CKPT3225",
        $"{checkpoint}: its matrices of attention are padded to multiples of {multiple} and cut through without regard to heads, as the reference does. The engine computes something else than the model: leave Compatibility at safe.");

    internal static Diagnostic ScalesArePlaceholders(string checkpoint) => new("CKPT3226",
        $"{checkpoint}: has no FP8 scales, and scales of 1 are written beside float weights, as the reference does. The engine computes something else than the model: calibrate it first, or leave Compatibility at safe.");

    internal static Diagnostic ZerosLost(string checkpoint) => new("CKPT3223",
        $"{checkpoint}: its zero points are not in the middle, and are left out, as the reference does. The engine computes something else than the model: leave Compatibility at safe.");

    internal static Diagnostic ZerosKept(string checkpoint) => new("CKPT3224",
        $"{checkpoint}: its zero points are not in the middle, and are kept; the reference would leave them out without a word. Compare with its files only by Compatibility=reference.");

    internal static Diagnostic LayersLost(string checkpoint, int layers, int stages, int lost) => new("CKPT3220",
        $"{checkpoint}: {layers} layers do not divide into {stages} pipeline stages; the last {lost} are left out, as the reference does. The engine computes something else than the model: choose another number of stages.");

    internal static Diagnostic BiasesLost(string checkpoint, string field) => new("CKPT3221",
        $"{checkpoint}: the biases of its feed-forward blocks are left out and '{field}' is written as false, as the reference does. The engine computes something else than the model: leave Compatibility at safe.");

    internal static Diagnostic BiasesKept(string checkpoint, string field) => new("CKPT3222",
        $"{checkpoint}: the biases of its feed-forward blocks are kept and '{field}' is written as true; the reference would drop them without a word. Compare with its files only by Compatibility=reference.");

    internal static Diagnostic BeyondReference(string checkpoint, string reason) => new("CKPT3228",
        $"{checkpoint}: the reference has no such checkpoint ({reason}); this one follows the rules of all others. Compare its engine's answers with the model's.");

    internal static Diagnostic CalibratedHeadsCut(string checkpoint, int heads) => new("CKPT3229",
        $"{checkpoint}: its {heads} key/value heads are cut in pieces, as the reference's calibrated path does, and the runtime wants a whole one on each rank. Choose fewer ranks, or leave Compatibility at safe.");

    internal static Diagnostic CalibratedHeadsRepeated(string checkpoint, int heads) => new("CKPT3230",
        $"{checkpoint}: its {heads} key/value heads are repeated so that each rank has a whole one; the reference's calibrated path would cut them in pieces. Compare with its files only by Compatibility=reference.");

    internal static Diagnostic WindowNotRecorded(string checkpoint, int window, int context) => new("CKPT3227",
        $"{checkpoint}: its layers look back {N(window)} positions of {N(context)}, which a TensorRT-LLM checkpoint does not record. Give the runtime the window (max_attention_window_size), or keep to shorter sequences.");

    internal static CheckpointException EngineFlagsContradict(string flags, string reason) => new("CKPT3231",
        $"{flags}: cannot be asked of trtllm-build ({reason}). Leave it out.");

    internal static CheckpointException EngineTensorsMissing(string file, System.Collections.Generic.IReadOnlyCollection<string> tensors) => new("CKPT3232",
        $"{file}: {tensors.Count} tensors are missing that the engine's model needs: {string.Join(", ", System.Linq.Enumerable.Take(tensors, 8))}{(tensors.Count > 8 ? ", …" : "")}. Convert the model again.", file);

    internal static CheckpointException EngineToolMissing(string tool) => new("CKPT3233",
        $"{tool}: is not found. Install TensorRT-LLM and put trtllm-build into PATH, or say where it lies with TrtllmBuild (--trtllm-build FILE) or the environment variable CHECKPOINTBUILD_TRTLLM_BUILD; EngineOptional=true takes the checkpoint in its place, and --dry-run checks everything and writes the engine's configuration alone.");

    internal static CheckpointException EngineToolFailed(string tool, int code, string last) => new("CKPT3234",
        $"{tool}: ended with exit code {code}: {last}. Its whole log stands above.");

    internal static CheckpointException EngineIncomplete(string folder, string missing) => new("CKPT3235",
        $"{folder}: the builder said that it was done, and {Quote(missing)} is not there. The builder's log says why.");

    internal static CheckpointException EngineToolVersion(string tool, string answer) => new("CKPT3236",
        $"{tool}: does not say which version of TensorRT-LLM it is ({answer}). Start it by hand with --help; it must print 'TensorRT-LLM version: …' and end.");

    internal static CheckpointException NoGpu(string found) => new("CKPT3237",
        $"An engine is built on a GPU that it will run on, and none is to be seen here ({found}). Build on such a machine, or ask for Engine=tensorrt-llm and run trtllm-build there; EngineOptional=true takes the checkpoint in the engine's place.");

    internal static CheckpointException EngineToolMemory(string tool, string line) => new("CKPT3238",
        $"{tool}: memory did not suffice: {line}. Choose more ranks, a smaller MaxBatchSize or MaxNumTokens, or fewer Workers.");

    internal static CheckpointException EngineToolCheckpoint(string tool, string line) => new("CKPT3239",
        $"{tool}: does not take the checkpoint: {line}. It is probably of another release: set TensorRtLlmVersion to the tool's.");

    internal static CheckpointException EngineOfOtherVersion(string path, string found, string needed) => new("CKPT3241",
        $"{path}: the engine says that it is of version {found}, the tool that it is {needed}. Several versions of TensorRT-LLM are mixed in this installation; mend it.", path);

    internal static CheckpointException EngineOfOtherRanks(string path, int found, int needed) => new("CKPT3242",
        $"{path}: the engine is for {found} ranks, the checkpoint has {needed}. The builder's log says why.", path);

    internal static CheckpointException EngineToolLibraries(string tool, string line) => new("CKPT3243",
        $"{tool}: its libraries do not fit each other: {line}. Install TensorRT and TensorRT-LLM of one release.");

    internal static CheckpointException EngineToolOfOtherVersion(string tool, string found, string needed) => new("CKPT3244",
        $"{tool}: is TensorRT-LLM {found}, and a checkpoint for {needed} is asked for. Install that release, or set TensorRtLlmVersion to the tool's.");

    internal static CheckpointException NoEngineTool(string target) => new("CKPT3245",
        $"Engine '{target}' is built by a tool that is not ours, and none was handed over. Hand EngineBuild.Open an EngineTool, for instance TrtllmTool.");

    internal static CheckpointException StatisticsTwice() => new("CKPT3247",
        "Calibration and CalibrationStatistics both say how large activations become (one is needed). Leave one out.");

    internal static CheckpointException NothingToCalibrate(string text, string? quantization) => new("CKPT3248",
        $"{text}: nothing in {quantization ?? "a checkpoint of floats"} follows from a calibration text. Leave Calibration out, or choose a quantization that needs one: W8A8_SQ_…, W4A16_AWQ, an int8 cache.");

    internal static Diagnostic OwnCalibrationText(string checkpoint) => new("CKPT3249",
        $"{checkpoint}: is calibrated with a short text that is built in, where no other was named that lies here. Name one of the kind that the model will see with Calibration (--calibration FILE).");

    internal static Diagnostic RanksDecoded(string checkpoint, string algorithm) => new("CKPT3258",
        $"{checkpoint}: its weights are quantized ({algorithm}) and are read as the numbers that they stand for; a product has them as floats unless Quantization says otherwise, and what was lost stays lost. Build from the original weights where they are there.");

    internal static Diagnostic EngineLeftOut(string checkpoint, string reason) => new("CKPT3246",
        $"{checkpoint}: no engine is built ({reason}); the checkpoint is the product. Run trtllm-build on it where TensorRT-LLM and a GPU are, or build there.");

    internal static Diagnostic EngineTensorDType(string file, string tensor, string found, string needed) => new("CKPT3240",
        $"{file}: tensor {Quote(tensor)} is {found}, the configuration says {needed}. The builder casts it.", file);

    internal static CheckpointException GroupsUneven(string module, string shape, int group) => new("CKPT3254",
        $"{module}: a rank's share {shape} does not fall into groups of {group} columns and pairs of rows. Choose fewer ranks, or a GroupSize that divides its columns.");

    internal static CheckpointException SquaresMissing(string path, string tensor) => new("CKPT3255",
        $"{path}: the statistics of {Quote(tensor)} hold no mean squares of inputs (vector MODULE.x2), which this quantization weighs errors by. Measure them from a text with Calibration.", path);

    internal static CheckpointException GroupOfFloat8Activations(string checkpoint, int found, int needed) => new("CKPT3256",
        $"{checkpoint}: W4A8_AWQ with groups of {found} columns is not known to the runtime's kernels (groups of {needed} are). Leave GroupSize out, or choose W4A16_AWQ.");

    internal static CheckpointException FormRefused(string checkpoint, string architecture, string reason) => new("CKPT3257",
        $"{checkpoint}: this {architecture} cannot be a TensorRT-LLM checkpoint: {reason}. Build another engine.");

    internal static CheckpointException RanksMixed(string folder, string other) => new("CKPT3250",
        $"{folder}: its ranks are of another configuration than those in {other}. Build all ranks of a set with one recipe, each set in a folder of its own.", folder);

    internal static CheckpointException RanksDiffer(string file, string tensor, string found, string needed, string other) => new("CKPT3251",
        $"{file}: tensor {Quote(tensor)} is {found}, in {other} it is {needed}. The ranks were not built from one checkpoint with one recipe; build them again.", file);

    internal static CheckpointException RankUnknown(string[] variables) => new("CKPT3252",
        $"--rank auto: nothing says which rank this process is (none of {string.Join(", ", variables)} is set, and no pod's ordinal). Start it with mpirun, srun or as an indexed job, or give --rank a number.");

    internal static CheckpointException RankOutOfRange(int rank, int worldSize) => new("CKPT3253",
        $"Rank {rank}: there is none (ranks are 0 to {worldSize - 1}: TensorParallel × PipelineParallel × ContextParallel). Start as many processes as there are ranks, or choose another number.");
}

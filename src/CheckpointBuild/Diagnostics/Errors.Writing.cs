using System;

namespace CheckpointBuild.Diagnostics;

/// <content>4xxx: writing.</content>
internal static partial class Errors
{
    internal static CheckpointException OutputIsFile(string path) => new("CKPT4001",
        $"{path}: is a file, a directory is needed for the output. Choose another path, or remove the file.", path);

    internal static CheckpointException CannotWrite(string path, Exception inner) => new("CKPT4002",
        $"{path}: cannot be written ({inner.Message}). Check the permissions, and that no other process holds the file; what stood there before is intact.", path, inner);

    internal static CheckpointException DiskFull(string path, long needed, long free) => new("CKPT4003",
        $"{path}: there is no space left ({N(needed)} bytes are needed, {N(free)} are free). Make space, or choose another disk; what stood there before is intact.", path);

    internal static CheckpointException PartlyReplaced(string path, int replaced, int files, Exception inner) => new("CKPT4080",
        $"{path}: {N(replaced)} of {N(files)} files of the new product are in place, the next one cannot be put there ({inner.Message}). The folder holds parts of two products now; close what holds its files and build again.", path, inner);

    internal static CheckpointException DTypeHasNoPlace(string path, string tensor, string dtype, string format) => new("CKPT4010",
        $"{path}: tensor {Quote(tensor)} is {dtype}, which {format} cannot hold. Convert it to another dtype, or write another format.", path);

    internal static CheckpointException NameHasNoPlace(string path, string tensor, string format, string needed) => new("CKPT4011",
        $"{path}: {format} cannot hold a tensor named {Quote(tensor)} ({needed} is needed). Rename the tensor.", path);

    internal static CheckpointException ShapeHasNoPlace(string path, string tensor, string shape, string format, string needed) => new("CKPT4012",
        $"{path}: {format} cannot hold tensor {Quote(tensor)} of shape {shape} ({needed} is needed). Reshape or leave out the tensor, or write another format.", path);

    internal static CheckpointException MetadataHasNoPlace(string path, string key, string format, string needed) => new("CKPT4013",
        $"{path}: {format} cannot hold metadata {Quote(key)} ({needed} is needed). Change or leave out the entry.", path);

    internal static CheckpointException TooManyParts(string name, int found, int limit) => new("CKPT4070",
        $"{name}: MaxShardSize would make {N(found)} parts (at most {N(limit)} can be numbered). Use a larger size.");

    internal static Diagnostic MetaShardsTooLarge(string checkpoint, long found, long wanted, int shards) => new("CKPT4072",
        $"{checkpoint}: the files have up to {N(found)} bytes (MaxShardSize asks for {N(wanted)}). Meta's form shares every matrix among the files, and this model's goes into {shards} at most; take another form where the size counts.");

    internal static CheckpointException EngineTooLarge(string name, long found, long limit, string[] largest, string? fitting) => new("CKPT4071",
        $"{name}: the engine would have {N(found)} bytes (MaxEngineSize allows {N(limit)}). Its largest tensors: {string.Join(", ", largest)}. {(fitting is null ? "Choose a smaller Quantization" : $"Quantization={fitting} is the largest kind that fits; choose it")}, or give these tensors a smaller type with TensorTypes.");

    internal static CheckpointException HeaderTooLarge(string path, long found, long limit) => new("CKPT4014",
        $"{path}: the header would have {N(found)} bytes (at most {N(limit)} can be read back). Split the tensors over more files.", path);
}

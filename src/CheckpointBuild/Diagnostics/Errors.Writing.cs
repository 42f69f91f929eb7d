namespace CheckpointBuild.Diagnostics;

/// <content>4xxx: writing files.</content>
internal static partial class Errors
{
    internal static CheckpointException DTypeHasNoPlace(string path, string tensor, string dtype, string format) => new("CKPT4010",
        $"{path}: tensor {Quote(tensor)} is {dtype}, which {format} cannot hold. Convert it to another dtype, or write another format.", path);

    internal static CheckpointException NameHasNoPlace(string path, string tensor, string format, string needed) => new("CKPT4011",
        $"{path}: {format} cannot hold a tensor named {Quote(tensor)} ({needed} is needed). Rename the tensor.", path);

    internal static CheckpointException ShapeHasNoPlace(string path, string tensor, string shape, string format, string needed) => new("CKPT4012",
        $"{path}: {format} cannot hold tensor {Quote(tensor)} of shape {shape} ({needed} is needed). Reshape or leave out the tensor, or write another format.", path);

    internal static CheckpointException MetadataHasNoPlace(string path, string key, string format, string needed) => new("CKPT4013",
        $"{path}: {format} cannot hold metadata {Quote(key)} ({needed} is needed). Change or leave out the entry.", path);

    internal static CheckpointException HeaderTooLarge(string path, long found, long limit) => new("CKPT4014",
        $"{path}: the header would have {N(found)} bytes (at most {N(limit)} can be read back). Split the tensors over more files.", path);
}

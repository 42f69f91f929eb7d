using System;

namespace CheckpointBuild.Diagnostics;

/// <content>1xxx: reading files.</content>
internal static partial class Errors
{
    internal static CheckpointException FileNotFound(string path) => new("CKPT1001",
        $"{path}: there is no such file or folder. Check the path.", path);

    internal static CheckpointException CannotRead(string path, Exception inner) => new("CKPT1002",
        $"{path}: cannot be read ({inner.Message}). Check the permissions and that no other process holds the file.", path, inner);

    internal static CheckpointException FileEndsEarly(string path, long offset, long needed, long length) => new("CKPT1003",
        $"{path}: {N(needed)} bytes are needed at offset {N(offset)}, the file ends after {N(length)} bytes. It is incomplete or was changed while it was read; get it again.", path);

    internal static CheckpointException UnknownFormat(string path, string? looksLike, string known) => new("CKPT1004",
        $"{path}: the bytes are in no container format that is known ({known}); they look like {looksLike ?? "nothing known"}. Check that this is a weights file and that its download is complete.", path);

    internal static CheckpointException DuplicateTensor(string path, string tensor) => new("CKPT1005",
        $"{path}: tensor {Quote(tensor)} stands there twice. The file is damaged or was merged wrongly; write it again.", path);

    internal static CheckpointException GitLfsPointer(string path, long? size) => new("CKPT1006",
        $"{path}: this is a Git LFS pointer, the small text that stands for the real file{(size is { } bytes ? $" of {N(bytes)} bytes" : string.Empty)}. Fetch it with 'git lfs pull', or download it again.", path);

    internal static CheckpointException TensorTooLarge(string path, string tensor, string dtype, string shape) => new("CKPT1010",
        $"{path}: tensor {Quote(tensor)} ({dtype} {shape}) would have more than 2^63 - 1 bytes. The header is damaged or made to do harm; get the file again from a source that you trust.", path);

    internal static CheckpointException RowTooLong(string path, string tensor, long columns) => new("CKPT1011",
        $"{path}: a row of tensor {Quote(tensor)} has {N(columns)} columns, at most {N(int.MaxValue)} can be worked with. Check the file; no known model has such rows.", path);

    internal static CheckpointException TensorPastEnd(string path, string tensor, string dtype, string shape, long needed, long offset, long length) => new("CKPT1012",
        $"{path}: tensor {Quote(tensor)} needs {N(needed)} bytes at offset {N(offset)} ({dtype} {shape}), the file ends {N(needed - (length - offset))} bytes early. The download is probably incomplete; compare its size with the source's.", path);

    internal static CheckpointException TooManyTensors(string path, ulong found, long limit) => new("CKPT1013",
        $"{path}: the header names {N(found)} tensors (at most {N(limit)} fit this file). It is damaged or made to do harm; get the file again from a source that you trust.", path);
}

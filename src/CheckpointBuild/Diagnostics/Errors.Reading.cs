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

    internal static CheckpointException UnknownFormat(string path) => new("CKPT1004",
        $"{path}: the bytes are in no container format that is known (safetensors, GGUF). Check that this is a weights file and that its download is complete.", path);

    internal static CheckpointException DuplicateTensor(string path, string tensor) => new("CKPT1005",
        $"{path}: tensor '{tensor}' stands there twice. The file is damaged or was merged wrongly; write it again.", path);
}

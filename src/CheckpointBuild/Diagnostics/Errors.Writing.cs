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
        $"{path}: the disk is full ({N(needed)} bytes are needed, {N(free)} are free). Make space, or choose another disk; what stood there before is intact.", path);
}

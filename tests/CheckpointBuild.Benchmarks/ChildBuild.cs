using System;
using CheckpointBuild.Building;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Benchmarks;

/// <summary>One build in a process of its own, with the choices that the tool does not offer.</summary>
internal static class ChildBuild
{
    /// <summary>Builds a float16 GGUF engine.</summary>
    /// <param name="checkpoint">The source.</param>
    /// <param name="output">The directory.</param>
    /// <param name="durability">A <see cref="Durability"/>.</param>
    /// <param name="hashing">An <see cref="OutputHashing"/>.</param>
    /// <param name="hashes">Where source hashes are remembered; <c>none</c> = nowhere.</param>
    public static void Run(string checkpoint, string output, string durability, string hashing, string hashes)
    {
        using EngineBuild build = EngineBuild.Open(checkpoint, new Recipe { Engine = "gguf", DType = DType.F16 }, new SourceHashes(hashes == "none" ? null : hashes));
        build.Run(output, new BuilderOptions { Durability = Enum.Parse<Durability>(durability), Hashing = Enum.Parse<OutputHashing>(hashing) }, HashTrust.Remembered, default);
    }
}

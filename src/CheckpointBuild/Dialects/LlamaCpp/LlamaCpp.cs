using System;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.LlamaCpp;

internal sealed class LlamaCpp : Dialect
{
    public override string Name => "gguf";
    public override bool Recognizes(CheckpointDirectory directory) => throw new NotImplementedException();
    public override Checkpoint Read(CheckpointDirectory directory) => throw new NotImplementedException();
}

using System;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects;

internal sealed class HuggingFace : Dialect
{
    public override string Name => "huggingface";
    public override bool Recognizes(CheckpointDirectory directory) => throw new NotImplementedException();
    public override Checkpoint Read(CheckpointDirectory directory) => throw new NotImplementedException();
}

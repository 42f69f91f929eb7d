using System;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <summary>Something of a model that llama.cpp cannot express.</summary>
/// <param name="Effect">What comes of it.</param>
/// <param name="Holds">Whether a model of an architecture has it.</param>
/// <param name="Text">What llama.cpp does or demands, to be read after a colon.</param>
internal sealed record GgufLimit(GgufLimitEffect Effect, Func<GgufArchitecture, ModelConfig, bool> Holds, string Text);

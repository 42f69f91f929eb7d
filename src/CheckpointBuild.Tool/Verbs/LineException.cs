using System;

namespace CheckpointBuild.Tool.Verbs;

/// <summary>What is wrong with a line, until it is known which line of which file it is.</summary>
/// <param name="problem">What is wrong.</param>
internal sealed class LineException(string problem) : Exception(problem);

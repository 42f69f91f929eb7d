using System;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Acquisition;

/// <summary>Who is told how a fetch goes.</summary>
/// <param name="Say">Receives a line for people.</param>
/// <param name="Warn">Receives what was noticed.</param>
/// <param name="Progress">Receives bytes done and bytes in all, from several threads.</param>
public sealed record FetchObserver(Action<string> Say, Action<Diagnostic> Warn, Action<long, long> Progress)
{
    /// <summary>Nobody.</summary>
    public static FetchObserver None { get; } = new(_ => { }, _ => { }, (_, _) => { });
}

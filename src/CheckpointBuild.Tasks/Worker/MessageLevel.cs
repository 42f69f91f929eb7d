using System;
using System.Collections.Generic;
using Microsoft.Build.Framework;

namespace CheckpointBuild.Tasks.Worker;

/// <summary>How loud the tool's messages are in the build's log, whatever the build's own verbosity: the property <c>CheckpointBuildVerbosity</c>.</summary>
internal sealed class MessageLevel
{
    /// <summary>What the property may say.</summary>
    internal static readonly IReadOnlyList<string> Names = ["quiet", "minimal", "normal", "detailed", "diagnostic"];

    private const int Minimal = 1;
    private static readonly string[] Short = ["q", "m", "n", "d", "diag"];

    private readonly int _level;

    private MessageLevel(int level) => _level = level;

    /// <summary>As the tool says it.</summary>
    internal static MessageLevel Default { get; } = new(Minimal);

    /// <summary>Reads the property; null for an unknown value.</summary>
    internal static MessageLevel? Parse(string text)
    {
        for (int i = 0; i < Short.Length; i++)
        {
            if (text.Equals(Names[i], StringComparison.OrdinalIgnoreCase) || text.Equals(Short[i], StringComparison.OrdinalIgnoreCase))
            {
                return new MessageLevel(i);
            }
        }

        return text.Length == 0 ? Default : null;
    }

    /// <summary>The importance of a message in the build's log: <c>quiet</c> lowers every one, <c>normal</c> lets progress through where the build shows only what is high, <c>detailed</c> everything.</summary>
    internal MessageImportance Of(MessageImportance importance) => _level switch
    {
        < Minimal => MessageImportance.Low,
        Minimal => importance,
        _ => (int)importance < _level ? MessageImportance.High : importance,
    };
}

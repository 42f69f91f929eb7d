using System;
using System.Collections.Generic;

namespace CheckpointBuild.Tasks.Placing;

/// <summary>How an engine gets from the store into the output: the property <c>CheckpointBuildLinkMode</c>.</summary>
internal static class LinkMode
{
    /// <summary>Cloned where the file system can, else copied.</summary>
    internal const string Copy = "Copy";

    /// <summary>A second name of the store's own file where both lie on one volume, else as <see cref="Copy"/>. Whoever writes into such a file writes into the store.</summary>
    internal const string HardLink = "HardLink";

    /// <summary>Every mode.</summary>
    internal static readonly IReadOnlyList<string> Names = [Copy, HardLink];

    /// <summary>Reads the property; null for an unknown value.</summary>
    internal static string? Parse(string text)
    {
        foreach (string name in Names)
        {
            if (text.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return name;
            }
        }

        return text.Length == 0 ? Copy : null;
    }
}

using System;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Runtime.Judging;

/// <content>The list.</content>
public abstract partial class PerplexityProtocol
{
    private static readonly PerplexityProtocol[] AllArray = [new WindowsProtocol(), new LlamaCppProtocol(), new GptqProtocol()];

    /// <summary>Every protocol, the default one first.</summary>
    public static IReadOnlyList<PerplexityProtocol> All => AllArray;

    /// <summary>Finds a protocol by its name.</summary>
    /// <param name="name">For instance <c>windows</c>, in any case.</param>
    /// <returns>The protocol.</returns>
    /// <exception cref="CheckpointException">CKPT5009 listing the names.</exception>
    public static PerplexityProtocol Named(string name) =>
        AllArray.FirstOrDefault(p => string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase)) ?? throw Errors.UnknownProtocol(name, AllArray.Select(p => p.Name));
}

using System;
using System.Collections.Generic;

namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>What <c>namespace()</c> gives: attributes that can be assigned from inside of a loop.</summary>
internal sealed class TemplateNamespace
{
    /// <summary>The attributes.</summary>
    internal Dictionary<string, object?> Values { get; } = new(StringComparer.Ordinal);
}

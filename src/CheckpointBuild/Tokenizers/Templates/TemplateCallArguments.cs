using System.Collections.Immutable;

namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>What stands in the brackets of a call.</summary>
/// <param name="Positional">Arguments by place.</param>
/// <param name="Named">Arguments by name.</param>
internal sealed record TemplateCallArguments(ImmutableArray<TemplateExpression> Positional, ImmutableArray<(string Name, TemplateExpression Value)> Named)
{
    /// <summary>No arguments.</summary>
    internal static TemplateCallArguments None { get; } = new([], []);
}

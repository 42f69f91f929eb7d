using System.Collections.Immutable;

namespace CheckpointBuild.Tokenizers;

/// <summary>A piece of a post-processor's template: a text's place, or a special token.</summary>
/// <param name="Name">The text (<c>A</c> or <c>B</c>), or the special token.</param>
/// <param name="Ids">The special token's ids; empty for a text's place.</param>
/// <param name="TypeId">The segment number that the ids get.</param>
public sealed record TemplatePiece(string Name, ImmutableArray<int> Ids, int TypeId)
{
    /// <summary>Whether it is a text's place.</summary>
    public bool IsText => Ids.IsEmpty;
}

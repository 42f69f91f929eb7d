namespace CheckpointBuild.Tokenizers;

/// <summary>A special token and what it is for.</summary>
/// <param name="Kind">What it is for.</param>
/// <param name="Id">Its id.</param>
/// <param name="Source">Where it was found.</param>
public readonly record struct SpecialToken(SpecialTokenKind Kind, int Id, SpecialTokenSource Source);

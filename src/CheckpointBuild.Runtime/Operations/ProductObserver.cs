namespace CheckpointBuild.Runtime.Operations;

/// <summary>Looks at what enters a projection, or at what it gives.</summary>
/// <param name="projection">The projection.</param>
/// <param name="rows">[tokens, in], or [tokens, out].</param>
/// <param name="tokens">How many rows.</param>
internal delegate void ProductObserver(Projection projection, Activations rows, int tokens);

namespace CheckpointBuild.Runtime.Operations;

/// <summary>Looks at what enters a projection.</summary>
/// <param name="projection">The projection.</param>
/// <param name="input">[tokens, in].</param>
/// <param name="tokens">How many rows of the input.</param>
internal delegate void ProductObserver(Projection projection, Activations input, int tokens);

namespace CheckpointBuild.Tests.Golden.Gguf;

/// <summary>Rows of one width.</summary>
/// <param name="Width">Columns.</param>
/// <param name="Offset">Where their bytes begin.</param>
/// <param name="RowBytes">Bytes of a row.</param>
/// <param name="Input">The numbers.</param>
/// <param name="Importance">[width], or empty.</param>
/// <param name="Kinds">What each row is like.</param>
internal sealed record VectorPart(int Width, int Offset, int RowBytes, float[] Input, float[] Importance, string[] Kinds);

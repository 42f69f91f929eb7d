namespace FineTuneWithTorchSharp;

/// <summary>What is trained: the rank of the changes, and what they are scaled by, over the rank.</summary>
internal sealed record LoraSettings(int Rank, double Alpha);

namespace CheckpointBuild.Runtime.Tests.Support;

/// <summary>A prompt of the golden data and what the reference made of it.</summary>
/// <param name="Text">The prompt.</param>
/// <param name="Ids">Its ids, begin token included.</param>
/// <param name="Greedy">The greedy continuation, end token included.</param>
/// <param name="Continuation">The same as text, without the end token.</param>
/// <param name="Logits">[ids, vocabulary].</param>
public sealed record DocLlamaPrompt(string Text, int[] Ids, int[] Greedy, string Continuation, float[] Logits);

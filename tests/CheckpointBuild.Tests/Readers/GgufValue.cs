namespace CheckpointBuild.Tests.Readers;

/// <summary>A value of a GGUF file's metadata with the name of its type, as the golden listings write it.</summary>
/// <param name="Type">For instance <c>u32</c>, <c>string</c> or <c>array:string</c>.</param>
/// <param name="Value">A bool, string, long, ulong, float, double, or an array of these as objects.</param>
/// <param name="Raw">Its bytes as stored; of an array the elements alone.</param>
internal sealed record GgufValue(string Type, object Value, byte[] Raw);

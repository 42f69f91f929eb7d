namespace CheckpointBuild.Formats;

/// <summary>A small object that a pickle makes by a call that only describes: <c>torch.device('cuda', 0)</c>, <c>bytearray(b'…')</c>. It is kept as the call and never made.</summary>
/// <param name="Function">What would be called.</param>
/// <param name="Arguments">With what.</param>
public sealed record PickleCall(PickleName Function, PickleSequence Arguments);

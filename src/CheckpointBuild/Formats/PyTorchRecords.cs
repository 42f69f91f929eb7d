namespace CheckpointBuild.Formats;

/// <summary>Which records a PyTorch zip archive gets beside program and storages.</summary>
internal enum PyTorchRecords
{
    /// <summary>Those that PyTorch 2.7 and later write.</summary>
    Full,

    /// <summary>Those without which it does not load everywhere: byte order and version.</summary>
    Least,
}

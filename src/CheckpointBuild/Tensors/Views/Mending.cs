namespace CheckpointBuild.Tensors.Views;

/// <summary>What is done to numbers that lie in a file otherwise than they are meant.</summary>
internal enum Mending
{
    /// <summary>Big-endian to little-endian.</summary>
    TurnBytes,

    /// <summary>Every part's sign.</summary>
    ChangeSign,

    /// <summary>The sign of the second half of complex numbers.</summary>
    Conjugate,
}

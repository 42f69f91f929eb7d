namespace CheckpointBuild.Package.Tests.Package;

/// <summary>What may happen between two builds.</summary>
public enum StaleEdit
{
    /// <summary>Nothing.</summary>
    Nothing,

    /// <summary>One bit of one weight changes, under a newer time.</summary>
    Weight,

    /// <summary>One bit of one weight changes, under an older time.</summary>
    WeightOfOld,

    /// <summary>A time alone changes.</summary>
    Touch,

    /// <summary>A file beside the weights changes: generation settings, or a chat template.</summary>
    Sidecar,

    /// <summary>The other quantization.</summary>
    Options,

    /// <summary>The other engine name.</summary>
    Name,

    /// <summary>A second item comes or goes.</summary>
    Item,

    /// <summary>Clean.</summary>
    Clean,

    /// <summary>The output folder is deleted.</summary>
    NoOutput,

    /// <summary>The engine in the output is overwritten by hand.</summary>
    WrongOutput,

    /// <summary>The store is deleted.</summary>
    NoStore,

    /// <summary>The engine in the store is cut.</summary>
    WrongStore,

    /// <summary>What the tasks remember is deleted.</summary>
    NoMemory,

    /// <summary>A build with the other quantization is killed on its way.</summary>
    Kill,
}

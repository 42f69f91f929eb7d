namespace CheckpointBuild.Acquisition;

/// <summary>Which files of a repository are meant where no pattern says otherwise.</summary>
public enum SelectionStart
{
    /// <summary>All of them.</summary>
    Everything,

    /// <summary>Weights in the preferred format, configuration, tokenizer and chat template.</summary>
    WhatABuildNeeds,

    /// <summary>An adapter's configuration and weights.</summary>
    WhatAnAdapterNeeds,
}

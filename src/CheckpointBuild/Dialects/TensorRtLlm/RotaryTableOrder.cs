namespace CheckpointBuild.Dialects.TensorRtLlm;

/// <summary>Where sines and cosines stand in a row of a rotary table.</summary>
internal enum RotaryTableOrder
{
    /// <summary>All sines, then all cosines.</summary>
    SinesThenCosines,

    /// <summary>Of each pair the cosine, then the sine.</summary>
    CosineBesideSine,
}

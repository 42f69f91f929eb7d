namespace CheckpointBuild.Dialects.TensorRtLlm;

/// <summary>Which layers a pipeline stage has.</summary>
internal static class StageLayers
{
    /// <summary>The layers of a stage.</summary>
    /// <param name="layers">Layers of the model.</param>
    /// <param name="stages">How many stages there are.</param>
    /// <param name="stage">Which.</param>
    /// <param name="version">Whose rule holds where layers do not divide.</param>
    /// <returns>The first layer and how many there are.</returns>
    public static (int First, int Count) Of(int layers, int stages, int stage, TensorRtLlmVersion version)
    {
        int each = layers / stages;
        int more = version.SpreadsRemainder ? layers % stages : 0;
        return ((stage * each) + int.Min(stage, more), each + (stage < more ? 1 : 0));
    }
}

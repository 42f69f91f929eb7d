namespace CheckpointBuild.Models.Families;

/// <summary>The windows of Qwen's models: used only where a flag says so, and then in the layers from a given one on.</summary>
internal static class QwenWindows
{
    /// <summary>Reads them.</summary>
    /// <param name="json">The configuration.</param>
    /// <param name="common">What all configurations have.</param>
    /// <returns>The same with windows.</returns>
    internal static ModelConfig Read(ConfigReader json, ModelConfig common)
    {
        int first = json.Size("max_window_layers", 28);
        int window = json.OptionalFlag("use_sliding_window") == true ? json.Size("sliding_window", 4096) : 0;
        return window == 0 ? common : common with
        {
            Window = window,
            WindowLayers = json.WindowLayers(common.LayerCount) ?? LayerSet.Where(common.LayerCount, layer => layer >= first),
        };
    }

    /// <summary>Writes them.</summary>
    /// <param name="json">Receives the fields.</param>
    /// <param name="config">The model.</param>
    internal static void Write(ConfigWriter json, ModelConfig config) => json.Set("use_sliding_window", config.Window > 0).Windows();
}

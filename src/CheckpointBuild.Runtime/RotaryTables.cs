using System.Collections.Generic;
using CheckpointBuild.Models;

namespace CheckpointBuild.Runtime;

/// <summary>The rotary tables of a model's layers: one for all, or one for layers that see a window and one for the others; none where a layer does not turn.</summary>
internal sealed class RotaryTables
{
    private readonly Dictionary<RopeConfig, RotaryTable> _tables = [];
    private readonly RotaryTable?[] _ofLayers;

    /// <summary>Prepares the tables.</summary>
    /// <param name="config">The model.</param>
    public RotaryTables(ModelConfig config)
    {
        _ofLayers = new RotaryTable?[config.LayerCount];
        for (int layer = 0; layer < _ofLayers.Length; layer++)
        {
            if (config.RopeOf(layer) is { } rope)
            {
                _tables.TryAdd(rope, new RotaryTable(rope));
                _ofLayers[layer] = _tables[rope];
            }
        }
    }

    /// <summary>The table of a layer, or null.</summary>
    /// <param name="layer">From 0.</param>
    /// <returns>The table.</returns>
    public RotaryTable? OfLayer(int layer) => _ofLayers[layer];

    /// <summary>Computes the tables for a run of positions.</summary>
    /// <param name="position">The first.</param>
    /// <param name="count">How many.</param>
    /// <param name="length">Positions of the whole sequence.</param>
    public void MoveTo(int position, int count, int length)
    {
        foreach (RotaryTable table in _tables.Values)
        {
            table.MoveTo(position, count, length);
        }
    }
}

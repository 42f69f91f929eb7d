using System.Collections.Generic;

namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>What filters such as <c>map</c> and <c>select</c> give: items that can be gone through once, and that have no length and no JSON.</summary>
/// <param name="items">The items.</param>
internal sealed class TemplateGenerator(IEnumerable<object?> items)
{
    private IEnumerable<object?> _rest = items;

    /// <summary>Goes through the items; afterwards there are none.</summary>
    /// <returns>They.</returns>
    internal IEnumerable<object?> Take()
    {
        IEnumerable<object?> taken = _rest;
        _rest = [];
        return taken;
    }
}

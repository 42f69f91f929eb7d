using System.Linq;
using System.Text.Json;

namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>Turns JSON into values of a template.</summary>
internal static class TemplateInput
{
    /// <summary>Turns a value.</summary>
    /// <param name="element">The JSON.</param>
    /// <returns>The value. An integer beyond 64 bits becomes a float.</returns>
    internal static object? Of(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => IsInteger(element) && element.TryGetInt64(out long integer) ? (object)integer : element.GetDouble(),
        JsonValueKind.Array => element.EnumerateArray().Select(Of).ToList(),
        JsonValueKind.Object => Dictionary(element),
        _ => null,
    };

    private static bool IsInteger(JsonElement element) => element.GetRawText().IndexOfAny(['.', 'e', 'E']) < 0;

    private static TemplateDictionary Dictionary(JsonElement element)
    {
        var dictionary = new TemplateDictionary();
        foreach (JsonProperty property in element.EnumerateObject())
        {
            dictionary.Set(property.Name, Of(property.Value));
        }

        return dictionary;
    }
}

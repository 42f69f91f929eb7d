using System.Text.Encodings.Web;
using System.Text.Json;

namespace CheckpointBuild.Building;

/// <summary>How reports are written and their recipes read.</summary>
internal static class ReportFormat
{
    /// <summary>Indented by two spaces, letters as they are.</summary>
    internal static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads a recipe from its fields.</summary>
    /// <param name="json">An object of field names and texts.</param>
    /// <returns>The recipe; fields that this version does not know are ignored.</returns>
    public static Recipe ReadRecipe(JsonElement json)
    {
        var recipe = new Recipe { Engine = "" };
        foreach (JsonProperty property in json.EnumerateObject())
        {
            if (RecipeField.Find(property.Name) is { } field)
            {
                recipe = field.Set(recipe, property.Value.GetString() ?? throw new System.FormatException($"'{property.Name}' is null"));
            }
        }

        return recipe;
    }
}

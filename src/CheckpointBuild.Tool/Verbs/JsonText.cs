using System.Text.Encodings.Web;

namespace CheckpointBuild.Tool.Verbs;

/// <summary>Texts as JSON strings of one line, letters as they are.</summary>
internal static class JsonText
{
    /// <summary>Writes a text as a JSON string.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The string in quotes.</returns>
    public static string Of(string text) => $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"";
}

using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using CheckpointBuild.Diagnostics;
using Spectre.Console;

namespace CheckpointBuild.Tool;

/// <summary>An inspection as a table for people.</summary>
internal static class InspectionTable
{
    private const int Width = 160;

    // Beyond that nobody reads a table, and laying it out takes longer than reading the file.
    private const int MostRows = 5000;
    private static readonly string[] ColumnNames = ["name", "dtype", "shape", "file", "role"];

    /// <summary>Writes the table.</summary>
    /// <param name="inspection">What <see cref="Inspection.Of"/> gave.</param>
    /// <param name="output">Where to.</param>
    public static void Write(JsonObject inspection, TextWriter output)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        console.Profile.Width = Width;
        console.WriteLine($"format {Show(inspection["format"])} · dialect {Show(inspection["dialect"])} · family {Show(inspection["family"])}");

        JsonArray tensors = inspection["tensors"]!.AsArray();
        Table table = new Table().Border(TableBorder.Simple).AddColumns("tensor", "dtype", "shape", "file", "role");
        foreach (JsonNode tensor in tensors.OfType<JsonNode>())
        {
            if (tensors.Count <= MostRows)
            {
                table.AddRow([.. ColumnNames.Select(k => Markup.Escape(Show(tensor[k])))]);
            }
            else
            {
                output.WriteLine(string.Join("  ", ColumnNames.Select(k => Show(tensor[k]))));
            }
        }

        if (tensors.Count <= MostRows)
        {
            console.Write(table);
        }
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{tensors.Count} tensors"));
        foreach (JsonNode other in inspection["other"]!.AsArray().OfType<JsonNode>())
        {
            console.WriteLine(other.ToString());
        }

        foreach (JsonNode problem in inspection["problems"]!.AsArray().OfType<JsonNode>())
        {
            console.WriteLine($"{problem["code"]}: {problem["message"]}");
        }
    }

    private static string Show(JsonNode? node) => node is JsonArray list ? $"[{string.Join(", ", list)}]" : node is null ? "–" : Errors.Shown(node.ToString());
}

using System.Text.Json;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.Meta;

/// <summary>How a checkpoint lay in Meta's form, so that it can be given back so: noted beside the copy of <c>params.json</c> that goes along with a conversion.</summary>
/// <param name="Shards">How many files there were.</param>
/// <param name="EmbeddingByColumns">Whether these shared the embedding by columns.</param>
/// <param name="Frequencies">The dtype of stored rotary frequencies; null = there were none.</param>
internal sealed record MetaLayout(int Shards, bool EmbeddingByColumns, string? Frequencies)
{
    /// <summary>The folder that holds what belongs to Meta's form, as in Hugging Face's mirrors of Meta's models.</summary>
    internal const string Folder = "original/";

    /// <summary>The note's name.</summary>
    internal const string FileName = Folder + "layout.json";

    /// <summary>The note's text.</summary>
    /// <returns>JSON.</returns>
    public string ToJson() =>
        $"{{\n  \"shards\": {Shards.ToString(System.Globalization.CultureInfo.InvariantCulture)},\n  \"embedding\": \"{(EmbeddingByColumns ? "columns" : "rows")}\",\n  \"rope.freqs\": {(Frequencies is null ? "null" : $"\"{Frequencies}\"")}\n}}\n";

    /// <summary>Reads the note.</summary>
    /// <param name="sidecar">The note.</param>
    /// <returns>What it says.</returns>
    public static MetaLayout Read(Sidecar sidecar)
    {
        var source = sidecar.Open();
        JsonElement root = JsonFile.Parse(source.Name, source.ReadBytes(0, (int)System.Math.Min(source.Length, 4096)));
        int shards = root.TryGetProperty("shards", out JsonElement count) && count.TryGetInt32(out int found) ? found : 1;
        bool columns = root.TryGetProperty("embedding", out JsonElement axis) && axis.ValueKind == JsonValueKind.String && axis.GetString() == "columns";
        string? frequencies = root.TryGetProperty("rope.freqs", out JsonElement dtype) && dtype.ValueKind == JsonValueKind.String ? dtype.GetString() : null;
        return new MetaLayout(shards, columns, frequencies);
    }
}

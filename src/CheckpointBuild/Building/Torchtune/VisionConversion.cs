using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Building.Torchtune;

/// <summary>Llama 3.2 Vision (LLAMA3_VISION): beside its names, the embedding of special tokens stands apart in torchtune, and the embeddings of a picture's tiles lie on a grid instead of in a row for each aspect ratio.</summary>
/// <param name="text">The configuration of the text model.</param>
/// <param name="vision">The configuration of the encoder.</param>
/// <param name="ratios">The aspect ratios as heights and widths in tiles, in the order of the rows; row 0 belongs to none.</param>
/// <param name="path">Where the files lie, for messages.</param>
/// <param name="compatibility">By the reference, what has no place on the grid comes back as zeros; else as it was loaded.</param>
internal sealed class VisionConversion(ConfigReader text, ConfigReader vision, ImmutableArray<(int Height, int Width)> ratios, string path, Compatibility compatibility)
    : TableConversion(VisionTable.Of(text, vision), name => name.EndsWith("inv_freq", StringComparison.Ordinal), path, TuneModelTypes.Vision)
{
    /// <summary>The embedding of the vocabulary.</summary>
    internal const string Embedding = "decoder.tok_embeddings.weight";

    /// <summary>The embeddings of the tiles' patches, behind the prefix of the encoder.</summary>
    internal const string Tiles = "token_pos_embedding.global_token_positional_embedding";

    /// <summary>The embeddings of the tiles before the encoder's layers.</summary>
    internal const string TilesBefore = "pre_tile_pos_embed.embedding";

    /// <summary>The embeddings of the tiles behind them.</summary>
    internal const string TilesBehind = "post_tile_pos_embed.embedding";

    private const string Fusion = "decoder.tok_embeddings.fusion_embedding.weight";
    private const int MostTiles = 64;
    private static readonly string[] OnGrid = [Tiles, TilesBefore, TilesBehind];
    private readonly int _vocabulary = text.Count("vocab_size");
    private readonly int _side = SideOf(vision);
    private readonly Dictionary<string, Tensor> _loaded = new(StringComparer.Ordinal);

    /// <summary>Reads the aspect ratios.</summary>
    /// <param name="file">The configuration's file, for messages.</param>
    /// <param name="vision">The configuration of the encoder.</param>
    /// <returns>Heights and widths.</returns>
    /// <exception cref="CheckpointException">CKPT2002 when they are no pairs of small numbers.</exception>
    public static ImmutableArray<(int Height, int Width)> RatiosOf(string file, JsonElement vision)
    {
        const string Field = "supported_aspect_ratios";
        JsonElement list = vision.TryGetProperty(Field, out JsonElement stated) ? stated : throw Errors.ConfigFieldMissing(file, Field);
        return list.ValueKind == JsonValueKind.Array && list.EnumerateArray().All(IsPair)
            ? [.. list.EnumerateArray().Select(pair => (pair[0].GetInt32(), pair[1].GetInt32()))]
            : throw Errors.ConfigFieldWrong(file, Field, list.GetRawText(), "pairs of whole numbers");

        static bool IsPair(JsonElement pair) => pair.ValueKind == JsonValueKind.Array && pair.GetArrayLength() == 2 && pair.EnumerateArray().All(n => n.ValueKind == JsonValueKind.Number && n.TryGetInt32(out int number) && number is > 0 and <= MostTiles);
    }

    /// <inheritdoc/>
    public override IEnumerable<Tensor> ToTorchtune(IReadOnlyList<Tensor> files)
    {
        foreach (Tensor tensor in base.ToTorchtune(files))
        {
            if (tensor.Name == Embedding && tensor.Shape.Rank == 2 && tensor.Rows > _vocabulary)
            {
                yield return SelectedRows.Of(tensor, new RowSlice(0, _vocabulary));
                yield return Renamed.Of(SelectedRows.Of(tensor, new RowSlice(_vocabulary, tensor.Rows - _vocabulary)), Fusion);
            }
            else if (IsOnGrid(tensor.Name))
            {
                _loaded[tensor.Name] = tensor;
                yield return Grid(tensor);
            }
            else
            {
                yield return tensor;
            }
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> FromTorchtune(IReadOnlyList<Tensor> model, string output)
    {
        Tensor? fusion = model.FirstOrDefault(t => t.Name == Fusion);
        return base.FromTorchtune([.. model.Where(t => t.Name != Fusion).Select(t =>
            t.Name == Embedding && fusion is not null ? Renamed.Of(JoinedRows.Of(t.Name, [t, fusion], 1), t.Name)
            : IsOnGrid(t.Name) ? Rows(t)
            : t)], output);
    }

    private static int SideOf(ConfigReader vision)
    {
        const string Field = "max_num_tiles";
        int tiles = vision.Count(Field);
        return tiles <= MostTiles ? tiles : throw Errors.ConfigFieldWrong(vision.File, Field, $"{tiles}", $"at most {MostTiles}");
    }

    private static bool IsOnGrid(string name) => Array.Exists(OnGrid, end => name.EndsWith("clip." + end, StringComparison.Ordinal));

    // [ratios + 1, tiles · n · d] to [tiles, tiles, n, d]: ratios that use all tiles say what stands where.
    private Tensor Grid(Tensor file)
    {
        int width = vision.Count("hidden_size");
        long cells = (long)_side * _side, columns = file.Shape.Rank == 2 && file.Rows == ratios.Length + 1 ? file.Shape.Columns / _side : 0;
        if (columns == 0 || columns % width != 0 || columns * _side != file.Shape.Columns)
        {
            throw Errors.TensorShape(Place, file.Name, file.Shape.ToString(), $"{ratios.Length + 1} rows of {_side} tiles of whole patches of {width}");
        }

        long[] from = Enumerable.Repeat(PlacedRows.Nowhere, (int)cells).ToArray();
        foreach ((int ratio, int tile, long cell) in Places().Where(p => ratios[p.Ratio].Height * ratios[p.Ratio].Width == _side))
        {
            from[cell] = ((ratio + 1) * (long)_side) + tile;
        }

        return Reshaped.Of(new PlacedRows(Reshaped.Of(file, new Shape((ratios.Length + 1) * (long)_side, columns)), [.. from], null), new Shape(_side, _side, columns / width, width));
    }

    // The way back. A grid that is what was loaded comes back as it was, though rows of a file may contradict each other.
    private Tensor Rows(Tensor grid)
    {
        Tensor? loaded = compatibility == Compatibility.Safe ? _loaded.GetValueOrDefault(grid.Name) : null;
        if (loaded is not null && TensorComparison.AreEqual(Grid(loaded), grid))
        {
            return loaded;
        }

        long rows = (ratios.Length + 1) * (long)_side, columns = grid.Shape.Dimensions is [var height, var width, var n, var d] && height == _side && width == _side ? n * d : throw Errors.TensorShape(Place, grid.Name, grid.Shape.ToString(), $"[{_side}, {_side}, patches, width]");
        long[] from = Enumerable.Repeat(PlacedRows.Nowhere, (int)rows).ToArray();
        foreach ((int ratio, int tile, long cell) in Places())
        {
            from[((ratio + 1) * (long)_side) + tile] = cell;
        }

        Tensor elsewhere = new PlacedRows(Reshaped.Of(grid, new Shape((long)_side * _side, columns)), [.. from], loaded is null ? null : Reshaped.Of(loaded, new Shape(rows, columns)));
        return Reshaped.Of(elsewhere, new Shape(ratios.Length + 1, _side * columns));
    }

    // Every tile of every ratio that the grid has room for, and its cell.
    private IEnumerable<(int Ratio, int Tile, long Cell)> Places()
    {
        for (int ratio = 0; ratio < ratios.Length; ratio++)
        {
            (int height, int width) = ratios[ratio];
            for (int tile = 0; tile < height * width && height <= _side && width <= _side && height * width <= _side; tile++)
            {
                yield return (ratio, tile, ((tile / width) * (long)_side) + (tile % width));
            }
        }
    }
}

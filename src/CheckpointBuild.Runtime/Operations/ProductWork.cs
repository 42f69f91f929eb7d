using System;
using CheckpointBuild.Runtime.Kernels;

namespace CheckpointBuild.Runtime.Operations;

/// <summary>Multiplies one input with up to three projections in one go: queries, keys and values; gate and up. A band is a run of rows of one matrix.</summary>
/// <remarks>
/// One token: rows are read as stored, at the speed of memory. Several: a band expands a few rows into the worker's scratch, where they stay in the second-level cache while all tokens pass by, six at a time.
/// Either way each sum is added in the order of <see cref="Lanes"/>.
/// </remarks>
internal sealed unsafe class ProductWork : IBandedWork, IDisposable
{
    private const int MostParts = 3;

    // What a band of one token reads of a matrix: enough for fetching ahead to pay, little enough for all threads to end together.
    private const long LeastBandBytes = 64 << 10;
    private const long MostBandBytes = 4 << 20;
    private const int BandsOfThread = 4;

    // Expanded rows of a band; half of a common second-level cache.
    private const long ExpandedFloats = (256 << 10) / sizeof(float);

    private readonly WorkerPool _pool;
    private readonly WorkerScratch _scratch;
    private readonly PackWork _pack = new();
    private readonly Part[] _parts = new Part[MostParts];
    private ProductObserver? _observer;
    private ProductObserver? _resultObserver;
    private float* _input;
    private int _tokens;
    private int _partCount;

    /// <summary>Prepares products.</summary>
    /// <param name="pool">Whose threads share them.</param>
    /// <param name="scratch">The workers' memory.</param>
    public ProductWork(WorkerPool pool, WorkerScratch scratch)
    {
        _pool = pool;
        _scratch = scratch;
    }

    /// <inheritdoc/>
    public int BandCount { get; private set; }

    /// <summary>Has every product's input shown before it is computed.</summary>
    /// <param name="observer">Who looks.</param>
    public void Observe(ProductObserver observer) => _observer = observer;

    /// <summary>Has every product's result shown when it is computed.</summary>
    /// <param name="observer">Who looks.</param>
    public void ObserveResults(ProductObserver observer) => _resultObserver = observer;

    /// <summary>Computes <c>output = input · matrixᵀ + bias</c> for each pair.</summary>
    /// <param name="input">[tokens, in].</param>
    /// <param name="tokens">How many rows of the input.</param>
    /// <param name="products">Projections and where their results go, [tokens, out] each; a null projection is left out.</param>
    public void Run(Activations input, int tokens, params ReadOnlySpan<(Projection? Projection, Activations Output)> products)
    {
        _input = input.Pointer;
        _tokens = tokens;
        _partCount = 0;
        BandCount = 0;
        foreach ((Projection? projection, Activations output) in products)
        {
            if (projection is not null)
            {
                _observer?.Invoke(projection, input, tokens);
                _parts[_partCount++] = Plan(projection, output);
            }
        }

        int padded = Activations.Pad(input.Width);
        _scratch.Reserve((long)Tile.Rows * padded * (tokens == 1 ? 1 : 1 + TilesOfBand(padded)));
        if (tokens > 1)
        {
            _pack.Prepare(input, tokens);
            _pool.Run(_pack);
        }

        _pool.Run(this);
        for (int i = 0; _resultObserver is not null && i < _partCount; i++)
        {
            _resultObserver(_parts[i].Projection, _parts[i].Output, tokens);
        }
    }

    /// <inheritdoc/>
    public void RunBand(int band, int worker)
    {
        int index = 0;
        while (band >= _parts[index].BandEnd)
        {
            index++;
        }

        ref Part part = ref _parts[index];
        int first = (band - (part.BandEnd - part.Bands)) * part.BandRows;
        int count = Math.Min(part.BandRows, part.Projection.Outputs - first);
        if (_tokens == 1)
        {
            part.Projection.Matrix.Kernel.Multiply(part.Projection.Matrix, first, count, _input, part.Output.Pointer + first, _scratch.Of(worker));
        }
        else
        {
            MultiplyTiles(in part, first, count, _scratch.Of(worker));
        }

        AddBias(in part, first, count);
    }

    /// <inheritdoc/>
    public void Dispose() => _pack.Dispose();

    private static int TilesOfBand(int padded) => (int)Math.Clamp(ExpandedFloats / ((long)Tile.Rows * padded), 1, 16);

    private Part Plan(Projection projection, Activations output)
    {
        WeightMatrix matrix = projection.Matrix;
        long bandBytes = Math.Clamp(matrix.RowBytes * matrix.Rows / (BandsOfThread * _pool.ThreadCount), LeastBandBytes, MostBandBytes);
        long rows = _tokens == 1
            ? Math.Max(bandBytes / matrix.RowBytes, 1)
            : (long)TilesOfBand(Activations.Pad(projection.Inputs)) * Tile.Rows;
        int bandRows = checked((int)Math.Min((rows + Tile.Rows - 1) / Tile.Rows * Tile.Rows, projection.Outputs));
        int bands = (projection.Outputs + bandRows - 1) / bandRows;
        BandCount += bands;
        return new Part(projection, output, bandRows, bands, BandCount);
    }

    private void MultiplyTiles(in Part part, int first, int count, float* scratch)
    {
        WeightMatrix matrix = part.Projection.Matrix;
        int padded = Activations.Pad(matrix.Columns);
        int steps = padded / Lanes.Count;
        nint tileFloats = (nint)Tile.Rows * padded;
        float* decoded = scratch;
        float* tiles = scratch + tileFloats;
        int tileCount = (count + Tile.Rows - 1) / Tile.Rows;
        for (int tile = 0; tile < tileCount; tile++)
        {
            int row = tile * Tile.Rows;
            matrix.Kernel.Expand(matrix, first + row, Math.Min(Tile.Rows, count - row), tiles + (tile * tileFloats), decoded);
        }

        nint stride = part.Output.Stride;
        for (int group = 0; group < _pack.BandCount; group++)
        {
            float* output = part.Output.Pointer + (group * Tile.Tokens * stride) + first;
            for (int tile = 0; tile < tileCount; tile++)
            {
                Tile.Multiply(tiles + (tile * tileFloats), _pack.Group(group), steps, output + (tile * Tile.Rows), stride);
            }
        }
    }

    private void AddBias(in Part part, int first, int count)
    {
        if (part.Projection.Bias is { } bias)
        {
            for (int token = 0; token < _tokens; token++)
            {
                Span<float> sums = part.Output.Row(token).Slice(first, count);
                System.Numerics.Tensors.TensorPrimitives.Add(sums, bias.AsSpan(first, count), sums);
            }
        }
    }

    // Bands [BandEnd - Bands, BandEnd) are this matrix's.
    private readonly record struct Part(Projection Projection, Activations Output, int BandRows, int Bands, int BandEnd);
}

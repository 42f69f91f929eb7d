using System;

namespace CheckpointBuild.Runtime.Operations;

/// <summary>Something done to each token's row by itself. A band is a token.</summary>
/// <typeparam name="TArguments">What the operation needs; set before each run, so that nothing is allocated.</typeparam>
/// <param name="pool">Whose threads share the rows.</param>
/// <param name="operation">What is done, with the arguments and the token's index.</param>
internal sealed class RowWork<TArguments>(WorkerPool pool, Action<TArguments, int> operation) : IBandedWork
    where TArguments : struct
{
    private TArguments _arguments;

    /// <inheritdoc/>
    public int BandCount { get; private set; }

    /// <summary>Runs the operation on all rows.</summary>
    /// <param name="tokens">How many.</param>
    /// <param name="arguments">What it needs.</param>
    public void Run(int tokens, TArguments arguments)
    {
        BandCount = tokens;
        _arguments = arguments;
        pool.Run(this);
    }

    /// <inheritdoc/>
    public void RunBand(int band, int worker) => operation(_arguments, band);
}

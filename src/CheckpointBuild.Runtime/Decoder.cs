using System;
using System.Linq;
using System.Threading;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Models;
using CheckpointBuild.Runtime.Operations;

namespace CheckpointBuild.Runtime;

/// <summary>A decoder-only transformer on the CPU: token ids in, logits out. Weights are used in the dtype in which they are stored, all other numbers are float32.</summary>
/// <remarks>
/// It gets a <see cref="Checkpoint"/> and never learns where the bytes came from. Logits do not depend on the number of threads, nor on how a sequence is cut into calls, unless the model's own rotary scaling depends on
/// the length seen so far. One thread uses a decoder at a time.
/// </remarks>
public sealed partial class Decoder : IDisposable
{
    /// <summary>Tokens of one pass over the weights: enough that expanding the weights costs little, and that a pass's numbers stay in the caches.</summary>
    internal const int PassTokens = 192;

    // Logits of one step of ForwardAll.
    private const long MostLogitBytes = 16 << 20;

    private readonly WorkerPool _pool;
    private readonly WorkerScratch _scratch;
    private readonly DecoderWeights _weights;
    private readonly KeyValueCache _cache;
    private readonly RotaryTables _rotary;
    private readonly ProductWork _products;
    private readonly AttentionWork _attention;
    private readonly FeedForwardWork _feedForward;
    private readonly ExpertsWork? _experts;
    private readonly PassBuffers _buffers;
    private readonly Activations _logits;
    private readonly float[]?[] _sinks;
    private readonly bool _isParallel;

    private Decoder(Checkpoint checkpoint, int context, WorkerPool pool, DecoderWeights weights)
    {
        Config = checkpoint.Config;
        ContextLength = context;
        _pool = pool;
        _weights = weights;
        _scratch = new WorkerScratch(pool.ThreadCount);
        _cache = new KeyValueCache(Math.Max(1, weights.Layers.Length), Config.KeyValueHeadCount, Config.HeadDimension, Config.ValueDimension);
        _rotary = new RotaryTables(Config);
        _products = new ProductWork(pool, _scratch);
        _sinks = [.. Enumerable.Range(0, Config.LayerCount).Select(i => i < weights.Layers.Length ? weights.Layers[i].Sinks : null)];
        _attention = new AttentionWork(Config, _cache, _scratch, _sinks);
        _feedForward = new FeedForwardWork(Config, Config.FeedForwardSize, pool, _products);
        _experts = Config.Experts is null ? null : new ExpertsWork(Config, pool, _products);
        _buffers = new PassBuffers(Config);
        _logits = new Activations("logits", Config.VocabularySize);
        _isParallel = Config.Residual is ResidualShape.Parallel or ResidualShape.ParallelOneNorm;
        _seen = Config.Rope is { Scaling: RopeScalingKind.LongRope } ? [] : null;
        _normalize = new(pool, Normalize);
        _normalizeHeads = new(pool, NormalizeHeads);
        _rotate = new(pool, Rotate);
        _limit = new(pool, Limit);
        _joinKeys = new(pool, JoinKeys);
        _add = new(pool, Add);
        _shapeLogits = new(pool, ShapeLogits);
    }

    /// <summary>The model's configuration.</summary>
    public ModelConfig Config { get; }

    /// <summary>The longest sequence that this decoder takes, in tokens.</summary>
    public int ContextLength { get; }

    /// <summary>How many tokens have been seen: the position of the next.</summary>
    public int Position { get; private set; }

    /// <summary>Whether a key depends on how long the sequence was when it was stored, so that a shorter sequence cannot go on from it.</summary>
    internal bool KeysDependOnLength => Config.Rope?.Scaling == RopeScalingKind.Dynamic;

    /// <summary>Reads a checkpoint's weights into memory. Its files may be closed afterwards.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="options">Threads and context.</param>
    /// <param name="cancellation">Looked at between matrices.</param>
    /// <returns>A decoder at position 0.</returns>
    /// <exception cref="CheckpointException">CKPT5003 a weight is not finite, CKPT5006 too little memory, CKPT5008 a dtype without values, CKPT5011 a longer context than the model's; 1xxx a file cannot be read.</exception>
    public static Decoder Load(Checkpoint checkpoint, DecoderOptions options, CancellationToken cancellation = default) => Load(checkpoint, options, DecoderWeights.Load, cancellation);

    private static Decoder Load(Checkpoint checkpoint, DecoderOptions options, Func<Checkpoint, WorkerPool, CancellationToken, DecoderWeights> load, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegative(options.ThreadCount, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.ContextLength, nameof(options));
        int context = options.ContextLength == 0 ? checkpoint.Config.ContextLength : options.ContextLength;
        if (context > checkpoint.Config.ContextLength)
        {
            throw Errors.ContextTooLong(context, checkpoint.Config.ContextLength);
        }

        var pool = new WorkerPool(options.ThreadCount == 0 ? Environment.ProcessorCount : options.ThreadCount);
        try
        {
            return new Decoder(checkpoint, context, pool, load(checkpoint, pool, cancellation));
        }
        catch
        {
            pool.Dispose();
            throw;
        }
    }

    /// <summary>Continues the sequence and gives the logits of what comes after its last token.</summary>
    /// <param name="tokens">Ids of the next tokens, at least one.</param>
    /// <returns>[vocabulary] logits, valid until the next call.</returns>
    /// <exception cref="CheckpointException">CKPT5001 when an id is none of the model's, CKPT5002 when the context is full; the sequence stays as it was.</exception>
    public ReadOnlySpan<float> Forward(scoped ReadOnlySpan<int> tokens)
    {
        Check(tokens);
        int length = Begin(tokens);
        while (true)
        {
            int count = Math.Min(tokens.Length, PassTokens);
            Pass(tokens[..count], length);
            tokens = tokens[count..];
            if (tokens.IsEmpty)
            {
                Head(count - 1, 1);
                return _logits.Row(0);
            }
        }
    }

    /// <summary>Continues the sequence and gives the logits after each token.</summary>
    /// <param name="tokens">Ids of the next tokens, at least one.</param>
    /// <param name="logits">Receives [tokens, vocabulary].</param>
    /// <exception cref="CheckpointException">CKPT5001 when an id is none of the model's, CKPT5002 when the context is full; the sequence stays as it was.</exception>
    public void ForwardAll(ReadOnlySpan<int> tokens, Span<float> logits)
    {
        int vocabulary = Config.VocabularySize;
        ArgumentOutOfRangeException.ThrowIfNotEqual(logits.Length, checked(tokens.Length * vocabulary), nameof(logits));
        Check(tokens);
        int length = Begin(tokens);
        int mostLogits = (int)Math.Clamp(MostLogitBytes / (vocabulary * sizeof(float)), 1, PassTokens);
        for (int done = 0; done < tokens.Length;)
        {
            int count = Math.Min(tokens.Length - done, PassTokens);
            Pass(tokens.Slice(done, count), length);
            for (int first = 0; first < count; first += mostLogits)
            {
                int rows = Math.Min(mostLogits, count - first);
                Head(first, rows);
                for (int row = 0; row < rows; row++)
                {
                    _logits.Row(row).CopyTo(logits.Slice((done + first + row) * vocabulary, vocabulary));
                }
            }

            done += count;
        }
    }

    /// <summary>Begins a new sequence.</summary>
    public void Reset() => Position = 0;

    /// <summary>Goes back within the sequence: what was seen from a position on is forgotten.</summary>
    /// <param name="position">From 0 to <see cref="Position"/>.</param>
    public void Truncate(int position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position, Position);
        Position = position;
    }

    /// <summary>Has the results of all matrices shown as they pass, biases added.</summary>
    /// <param name="observer">Who looks.</param>
    internal void ObserveResults(ProductObserver observer) => _products.ObserveResults(observer);

    /// <summary>Has the inputs of all matrices shown as they pass.</summary>
    /// <param name="observer">Who looks.</param>
    internal void Observe(ProductObserver observer) => _products.Observe(observer);

    /// <inheritdoc/>
    public void Dispose()
    {
        _pool.Dispose();
        _weights.Dispose();
        _cache.Dispose();
        _products.Dispose();
        _feedForward.Dispose();
        _experts?.Dispose();
        _scratch.Dispose();
        _buffers.Dispose();
        _logits.Dispose();
    }

    private void Check(ReadOnlySpan<int> tokens)
    {
        if (tokens.IsEmpty)
        {
            throw new ArgumentException("At least one token is needed.", nameof(tokens));
        }

        if (tokens.Length > ContextLength - Position)
        {
            throw Errors.ContextFull(Position, tokens.Length, ContextLength);
        }

        for (int i = 0; i < tokens.Length; i++)
        {
            if ((uint)tokens[i] >= (uint)Config.VocabularySize)
            {
                throw Errors.TokenOutOfRange(Position + i, tokens[i], Config.VocabularySize);
            }
        }
    }
}

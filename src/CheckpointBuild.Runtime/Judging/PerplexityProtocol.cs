using CheckpointBuild.Models;

namespace CheckpointBuild.Runtime.Judging;

/// <summary>How a text is cut into windows and which predictions count: perplexities are comparable within one protocol only.</summary>
/// <remarks>In every protocol windows follow each other without overlap, a last shorter one is dropped, and each is run alone from position 0.</remarks>
public abstract partial class PerplexityProtocol
{
    /// <summary>What <c>--protocol</c> calls it.</summary>
    public abstract string Name { get; }

    /// <summary>Tokens of a window where nothing else is asked for.</summary>
    public abstract int DefaultWindow { get; }

    /// <summary>The first position of a window whose prediction counts; the prediction at position p is of token p + 1.</summary>
    /// <param name="window">Tokens of a window.</param>
    /// <returns>From 0 to window - 2.</returns>
    public virtual int FirstScored(int window) => 0;

    /// <summary>Tokens of the shortest window that has a prediction to score.</summary>
    internal int ShortestWindow
    {
        get
        {
            int window = 2;
            while (FirstScored(window) > window - 2)
            {
                window++;
            }

            return window;
        }
    }

    /// <summary>The id that replaces the first of each window, or null where none does.</summary>
    /// <param name="config">The model.</param>
    /// <param name="first">The text's first id: the begin token where the tokenizer adds it.</param>
    /// <returns>The id, or null.</returns>
    public virtual int? FirstToken(ModelConfig config, int first) => null;
}

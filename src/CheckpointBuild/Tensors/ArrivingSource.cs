using System.Collections.Generic;
using System.Threading;

namespace CheckpointBuild.Tensors;

/// <summary>A file whose bytes are still on their way: what is read is waited for, and comes before the rest. Its hash is stated beforehand and known only at the end.</summary>
/// <remarks>Whoever brings the bytes owns it: disposing it ends nothing.</remarks>
public abstract class ArrivingSource : ByteSource
{
    /// <summary>What the whole is stated to hash to, 64 hex digits in lower case. Nothing made from its bytes may be kept before <see cref="Complete"/> returned.</summary>
    public abstract string Sha256 { get; }

    /// <summary>Brings everything, in the order in which it will be read; until then only what was read is brought.</summary>
    /// <param name="reads">What will be read; the rest comes behind.</param>
    public abstract void Expect(IEnumerable<ExpectedRead> reads);

    /// <summary>Waits until every byte is there and the whole hashes to what was stated.</summary>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="Diagnostics.CheckpointException">CKPT6016 when it hashes to something else, other 6xxx when it does not come.</exception>
    public abstract void Complete(CancellationToken cancellation);
}

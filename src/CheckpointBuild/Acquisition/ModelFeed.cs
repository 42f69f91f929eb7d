using System.Threading;
using System.Threading.Tasks;

namespace CheckpointBuild.Acquisition;

/// <summary>Where named models come from: the Hub, or package feeds.</summary>
public abstract class ModelFeed
{
    /// <summary>Resolves a name and fetches what is missing of the model.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="observer">Is told how it goes.</param>
    /// <param name="cancellation">Ends the work; what arrived is kept.</param>
    /// <returns>Where it lies.</returns>
    public abstract Task<FetchedModel> FetchAsync(FetchRequest request, FetchObserver observer, CancellationToken cancellation);

    /// <summary>What the project itself decided about a name, whatever a lock file says: the version of its package reference.</summary>
    /// <param name="request">What is wanted.</param>
    /// <returns>The version; null where the project decided nothing.</returns>
    public virtual string? VersionInUse(FetchRequest request) => null;

    /// <summary>Fetches what is missing of a model that a lock file describes: nothing is resolved.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="locked">What the lock file says of it.</param>
    /// <param name="observer">Is told how it goes.</param>
    /// <param name="cancellation">Ends the work; what arrived is kept.</param>
    /// <returns>Where it lies.</returns>
    /// <exception cref="Diagnostics.CheckpointException">CKPT6042 when the source has another content.</exception>
    public abstract Task<FetchedModel> FetchLockedAsync(FetchRequest request, LockedModel locked, FetchObserver observer, CancellationToken cancellation);
}

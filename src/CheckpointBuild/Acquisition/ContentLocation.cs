using System;
using System.Threading;
using System.Threading.Tasks;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Acquisition;

/// <summary>Where a content is. The address is signed and good for a while only; a new one is asked for when it is refused.</summary>
/// <param name="http">Asks.</param>
/// <param name="remote">The content as it was first described.</param>
internal sealed class ContentLocation(HubHttp http, RemoteFile remote) : IDisposable
{
    private const int MostRenewals = 20;
    private readonly SemaphoreSlim _one = new(1);
    private int _renewals;

    /// <summary>The address.</summary>
    public Uri Current { get; private set; } = remote.Location;

    /// <summary>Asks for a new address, at the commit that the first was about; of several callers one asks.</summary>
    /// <param name="refused">The address that was refused.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>Whether there is another address to try.</returns>
    /// <exception cref="CheckpointException">CKPT6017 when the content is another one now.</exception>
    public async Task<bool> RenewAsync(Uri refused, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            if (Current != refused)
            {
                return true;
            }

            if (++_renewals > MostRenewals)
            {
                return false;
            }

            RemoteFile now = await http.HeadAsync(remote.Subject, cancellation);
            if (now.Identity != remote.Identity || now.Size != remote.Size)
            {
                throw Errors.ContentChanged(remote.Subject.Where, remote.Identity.Hex, now.Identity.Hex);
            }

            Current = now.Location;
            return true;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();
}

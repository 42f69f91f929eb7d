using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Acquisition;

/// <summary>Tells which wanted files are there as they must be. A cache that many programs share, and that none of them verifies, is not believed by lengths alone.</summary>
internal static class FoundFiles
{
    private const int FilesAtOnce = 4;

    /// <summary>Finds what has to be fetched.</summary>
    /// <param name="wanted">The files of a commit.</param>
    /// <param name="commit">40 hex digits.</param>
    /// <param name="work">Where they would lie; small files are hashed, large ones where the request says so.</param>
    /// <param name="offline">Whether nothing can be fetched.</param>
    /// <param name="cancellation">Looked at between pieces of a file.</param>
    /// <returns>What is not there, or is something else, in the order of the wanted.</returns>
    /// <exception cref="CheckpointException">CKPT6031 when a file is damaged and nothing can be fetched.</exception>
    public static async Task<WantedFile[]> MissingAsync(IReadOnlyList<WantedFile> wanted, string commit, FetchWork work, bool offline, CancellationToken cancellation)
    {
        // Each with whether it is damaged.
        var missing = new ConcurrentDictionary<WantedFile, bool>();
        await Parallel.ForEachAsync(wanted, new ParallelOptions { MaxDegreeOfParallelism = FilesAtOnce, CancellationToken = cancellation }, (file, token) =>
        {
            if (!work.Target.Has(commit, file))
            {
                missing[file] = false;
            }
            else if (file.Identity is { } identity && (file.IsSmall || work.Request.ReadsFound))
            {
                string path = work.Target.PathOf(commit, file.Path);
                string found = ContentHash.Of(path, identity, token);
                if (found != identity.Hex)
                {
                    missing[file] = !offline ? true : throw Errors.SourceNotAsLocked(path, found, identity.Hex);
                    work.Observer.Say($"{path}: is damaged, and is fetched again");
                }
            }

            return ValueTask.CompletedTask;
        });
        return [.. wanted.Where(missing.ContainsKey).Select(f => f with { IsDamaged = missing[f] })];
    }
}

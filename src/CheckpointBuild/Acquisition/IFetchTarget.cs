using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using System.Threading.Tasks;

namespace CheckpointBuild.Acquisition;

/// <summary>Where fetched files go.</summary>
internal interface IFetchTarget
{
    /// <summary>The list of a commit's files, as it was kept before.</summary>
    /// <param name="commit">40 hex digits.</param>
    /// <returns>The files, or null.</returns>
    ImmutableArray<HubFile>? Tree(string commit);

    /// <summary>The files of a commit that are there, whoever brought them; clients before version 2 keep no list.</summary>
    /// <param name="commit">40 hex digits.</param>
    /// <returns>The files in ordinal order.</returns>
    ImmutableArray<HubFile> Present(string commit);

    /// <summary>Keeps the list of a commit's files.</summary>
    /// <param name="commit">40 hex digits.</param>
    /// <param name="files">The files.</param>
    void KeepTree(string commit, IReadOnlyList<HubFile> files);

    /// <summary>Whether a file is there, as long as it must be and not known to be another.</summary>
    /// <param name="commit">40 hex digits.</param>
    /// <param name="file">The file.</param>
    /// <returns>True when nothing has to be asked.</returns>
    bool Has(string commit, WantedFile file);

    /// <summary>Where a file lies, or will.</summary>
    /// <param name="commit">40 hex digits.</param>
    /// <param name="path">Below the repository.</param>
    /// <returns>The path.</returns>
    string PathOf(string commit, string path);

    /// <summary>What fetching files takes: contents that lie there, and what an earlier process brought of one, are not fetched again.</summary>
    /// <param name="files">The files that are not in their places.</param>
    /// <returns>Bytes that are transferred, and bytes that the disk must have free.</returns>
    (long Transferred, long Written) Cost(IEnumerable<WantedFile> files);

    /// <summary>Checks that the bytes will fit.</summary>
    /// <param name="bytes">How many.</param>
    void Prepare(long bytes);

    /// <summary>Puts a file in its place; fetches its content unless that is there.</summary>
    /// <param name="remote">The file.</param>
    /// <param name="progress">Receives bytes as they arrive.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>When it is in its place.</returns>
    Task FetchAsync(RemoteFile remote, Action<long> progress, CancellationToken cancellation);
}

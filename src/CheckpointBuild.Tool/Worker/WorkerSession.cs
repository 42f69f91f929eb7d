using System;
using System.Collections.Immutable;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using CheckpointBuild.Acquisition;
using CheckpointBuild.Building;
using CheckpointBuild.Building.Plugins;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Runtime;
using CheckpointBuild.Runtime.Calibrating;
using CheckpointBuild.Tool.Plugins;
using CheckpointBuild.Vendors;

namespace CheckpointBuild.Tool.Worker;

/// <summary>Serves one request: each item's product is found in the store or built into it.</summary>
/// <param name="protocol">Where to report.</param>
internal sealed class WorkerSession(LineProtocol protocol)
{
    private const int WholeRequest = -1;
    private readonly ProjectNames _project = new();
    private ImmutableArray<PluginIdentity> _plugins = [];

    /// <summary>Serves a request file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <returns>The exit code.</returns>
    public int Run(string path, CancellationToken cancellation)
    {
        try
        {
            WorkerRequest request = WorkerRequest.Read(path);
            _plugins = PluginLoader.Load(request.Plugins);
            bool failed = false;
            for (int i = 0; i < request.Items.Length; i++)
            {
                failed |= !TryServe(request, i, cancellation);
            }

            if (!failed && request.Names is { IsWhole: true, Mode: LockMode.Update, LockFile: { } lockFile })
            {
                LockedFetch.NameOthersAsync(lockFile, _project.Asked, text => protocol.Message("high", text), cancellation).GetAwaiter().GetResult();
            }

            protocol.Result(failed ? "failed" : "ok");
            return failed ? 1 : 0;
        }
        catch (CheckpointException e)
        {
            protocol.Error(WholeRequest, e);
            protocol.Result("failed");
            return 1;
        }
        catch (OperationCanceledException)
        {
            protocol.Result("cancelled");
            return Program.Cancelled;
        }
    }

    // One item's error does not keep the others from being built: the user sees all that is wrong at once.
    private bool TryServe(WorkerRequest request, int index, CancellationToken cancellation)
    {
        WorkerItem item = request.Items[index];
        try
        {
            Serve(request, item, index, cancellation);
            return true;
        }
        catch (CheckpointException e)
        {
            protocol.Error(index, e);
            return false;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Our own fault or a plug-in's; it has a code too, and the items after this one are served.
            protocol.Error(index, PluginLoader.Blame(e) ?? Errors.Internal(e));
            return false;
        }
    }

    private ModelSource Source(WorkerRequest request, WorkerItem item, int index)
    {
        var rate = new TransferRate(TimeProvider.System);
        var observer = new FetchObserver(text => protocol.Message("high", text), warning => protocol.Warning(index, warning), (done, total) =>
        {
            rate.Update(done);
            protocol.Progress(index, (int)(100 * done / Math.Max(1, total)), $"of {item.Source} fetched{rate.Text(done, total)}");
        });
        return ModelSource.ForProject(request.Names, _project, observer);
    }

    private void Serve(WorkerRequest request, WorkerItem item, int index, CancellationToken cancellation)
    {
        using ModelSource source = Source(request, item, index);
        if (request.Task == WorkerRequest.RestoreTask)
        {
            source.Locate(item.Source, item.Where, FetchTiming.BeforeUse, cancellation);
            source.LocateAdapters(item.Where, cancellation);
        }
        else if (request.Plan)
        {
            Serve(request, item, index, source.Locate(item.Source, item.Where, FetchTiming.BeforeUse, cancellation), source, cancellation);
        }
        else
        {
            source.Use(item.Source, item.Where, location => Serve(request, item, index, location, source, cancellation), cancellation);
        }
    }

    private void Serve(WorkerRequest request, WorkerItem item, int index, CheckpointLocation location, ModelSource source, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        var store = new Store(request.Store ?? UserStore() ?? Fallback(request));
        Recipe recipe = item.ToRecipe(request.Task) with { Plugins = _plugins };
        using EngineBuild build = EngineBuild.Open(item.Name is { } name ? location with { Name = name } : location, source.LocateAdapters(recipe, cancellation), new SourceHashes(store.HashFolder), new ImportanceCalibrator(DecoderOptions.Default), new TrtllmTool(line => protocol.Message("normal", line)));
        ImmutableArray<Diagnostic> before = build.Warnings;
        foreach (Diagnostic warning in before)
        {
            protocol.Warning(index, warning);
        }

        if (request.Plan)
        {
            string key = build.Key(request.Verify ? HashTrust.ReadAgain : HashTrust.Remembered, cancellation);
            protocol.Planned(index, key, store.PlaceOf(key), build.Plan.Files.Sum(f => f.Length));
            return;
        }

        StoreUse use = request.Force ? StoreUse.Rebuild : request.Verify ? StoreUse.VerifySources : StoreUse.Normal;
        var options = new BuilderOptions { Workers = item.Workers ?? request.MaxParallelism ?? Environment.ProcessorCount, Progress = (done, total) => protocol.Progress(index, (int)(100 * done / Math.Max(1, total)), item.Source) };
        StoreEntry entry = store.GetOrBuild(build, options, use, warning => protocol.Warning(index, warning), cancellation);
        foreach (Diagnostic warning in build.Warnings.Except(before))
        {
            protocol.Warning(index, warning);
        }

        source.Keep(cancellation);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        protocol.Product(index, entry, seconds);
    }

    // A home that is named but cannot be written (a container's user without one) is no home.
    private static string? UserStore()
    {
        try
        {
            return Store.DefaultRoot is { } root ? Directory.CreateDirectory(root).FullName : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private string Fallback(WorkerRequest request)
    {
        string store = request.FallbackStore ?? throw Errors.BadRequest("request", "it names no store, and there is no home folder to keep one in");
        protocol.Message("high", $"There is no home folder to keep engines in; this project keeps its own in {store}.");
        return store;
    }
}

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using CheckpointBuild.Acquisition;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Tool.Packages;
using CheckpointBuild.Tool.Worker;

namespace CheckpointBuild.Tool;

/// <summary>Turns what users write where a checkpoint is expected into a place on this machine: a path is itself, <c>hf:org/name</c> and <c>nuget:Id</c> are fetched.</summary>
/// <remarks>Dispose it when what was located is no longer read: files that arrive while they are used end with it.</remarks>
internal sealed class ModelSource : IDisposable
{
    private readonly bool _offline;
    private readonly WorkerNames? _names;
    private readonly ProjectNames _project;
    private readonly Func<string, Func<FetchObserver, Task<FetchedModel>>, FetchedModel> _watch;
    private readonly List<FetchedModel> _fetched = [];
    private HubClient? _hub;
    private readonly Dictionary<string, FileStream?> _uses = [];
    private bool _isUse;
    private bool _keepsSource = true;

    private ModelSource(bool offline, WorkerNames? names, ProjectNames project, Func<string, Func<FetchObserver, Task<FetchedModel>>, FetchedModel> watch)
    {
        _offline = offline;
        _names = names;
        _project = project;
        _watch = watch;
    }

    /// <summary>The model that was located last, or null.</summary>
    public FetchedModel? Fetched { get; private set; }

    /// <summary>A source for the user who runs the tool.</summary>
    /// <param name="streams">Where messages go.</param>
    /// <param name="offline">Whether the network must not be used.</param>
    /// <returns>The source.</returns>
    public static ModelSource ForUser(ToolStreams streams, bool offline)
    {
        var log = new ConsoleLog(streams.Error);
        return new ModelSource(offline, null, new ProjectNames(), (title, work) => log.WithTransfer(title, progress => work(new FetchObserver(log.Say, log.Warn, progress))));
    }

    /// <summary>A source for a project's items, with its lock file.</summary>
    /// <param name="names">How names are restored.</param>
    /// <param name="project">What the project's items have in common.</param>
    /// <param name="observer">Is told how a fetch goes.</param>
    /// <returns>The source.</returns>
    public static ModelSource ForProject(WorkerNames names, ProjectNames project, FetchObserver observer) => new(names.IsOffline, names, project, (_, work) => work(observer).GetAwaiter().GetResult());

    /// <summary>Finds or fetches a checkpoint, its weights while they are read where that can be, and uses it.</summary>
    /// <remarks>Content that turns out wrong when it was read already, or damaged in the cache, or that somebody who cleans up took away, leaves no product: the second time it is verified before it is read.</remarks>
    /// <param name="text">What the user wrote.</param>
    /// <param name="recipe">Revision and files, where it is a name.</param>
    /// <param name="use">What is done with it; done again where content was wrong.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="CheckpointException">6xxx when it cannot be had; what the use throws.</exception>
    public void Use(string text, Recipe recipe, Action<CheckpointLocation> use, CancellationToken cancellation)
    {
        _isUse = true;
        _keepsSource = recipe.KeepSource != false;
        try
        {
            use(Locate(text, recipe, FetchTiming.WhileUsed, cancellation));
        }
        catch (CheckpointException e) when (Fetched is { } model && (model.Reference.Origin == ModelOrigin.HuggingFace ? IsMendedByFetching(e, model) : e.MayBeMendedByFetching && PackedModel.Forget(model.Folder)))
        {
            Dispose();
            use(Locate(text, recipe, FetchTiming.BeforeUse, cancellation, readsFound: true));
        }

        Release();
    }

    /// <summary>Finds or fetches a checkpoint.</summary>
    /// <param name="text">What the user wrote.</param>
    /// <param name="recipe">Revision and files, where it is a name.</param>
    /// <param name="timing">When its weights are there.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <param name="readsFound">Whether what is there already is read and verified.</param>
    /// <returns>Where it lies.</returns>
    /// <exception cref="CheckpointException">6xxx when it cannot be had.</exception>
    public CheckpointLocation Locate(string text, Recipe recipe, FetchTiming timing, CancellationToken cancellation, bool readsFound = false)
    {
        if (ModelReference.Parse(text) is not { } reference)
        {
            return new CheckpointLocation(text);
        }

        string revision = reference.Origin == ModelOrigin.NuGet ? recipe.Version ?? "" : recipe.Revision ?? "main";
        Fetched = Fetch(new FetchRequest(reference, new FileSelection(SelectionStart.WhatABuildNeeds, recipe.Files)) { Revision = revision, Timing = timing, ReadsFound = readsFound }, cancellation);
        return Of(Fetched);
    }

    /// <summary>Writes what was fetched into the lock file, where it is not there yet: everything has been read.</summary>
    /// <param name="cancellation">Ends the work.</param>
    public void Keep(CancellationToken cancellation) => Fetched?.KeepAsync(cancellation).GetAwaiter().GetResult();

    /// <summary>Fetches the adapters that a recipe names.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>The recipe with folders in their place.</returns>
    public Recipe LocateAdapters(Recipe recipe, CancellationToken cancellation) =>
        recipe with { Adapter = [.. recipe.Adapter.Select(a => a.IsNamed ? a with { Path = LocateAdapter(ModelReference.Parse(a.Path)!, cancellation) } : a)] };

    /// <summary>Fetches a model.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="cancellation">Ends the work; what arrived is kept.</param>
    /// <returns>Where it lies.</returns>
    /// <exception cref="CheckpointException">6xxx when it cannot be had.</exception>
    public FetchedModel Fetch(FetchRequest request, CancellationToken cancellation)
    {
        if (request.Reference.Origin == ModelOrigin.HuggingFace && !_uses.ContainsKey(Repository(request.Reference)))
        {
            _uses.Add(Repository(request.Reference), BroughtFiles.Use(Repository(request.Reference), cancellation));
        }

        request = _keepsSource ? request : request with { Bringing = BroughtFiles.Add };
        _project.Asked.Add((request.Reference.ToString(), request.Revision, request.Files.ToString()));
        FetchedModel fetched = _watch(request.Reference.ToString(), async observer =>
        {
            ModelFeed feed = request.Reference.Origin == ModelOrigin.HuggingFace ? Hub() : new NuGetFeed(Path.GetFullPath("."), _names?.AssetsFile, _offline);
            return _names?.LockFile is { } lockFile
                ? await new LockedFetch(feed, lockFile, _names.Mode) { Resolved = _project.Resolved }.FetchAsync(request, observer, cancellation)
                : await feed.FetchAsync(request, observer, cancellation);
        });
        _fetched.Add(fetched);
        if (_isUse && _keepsSource)
        {
            BroughtFiles.Forget(fetched.Folder);
        }

        return fetched;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _hub?.Dispose();
        _hub = null;
        foreach (FileStream? use in _uses.Values)
        {
            use?.Dispose();
        }

        _uses.Clear();
    }

    /// <summary>The place of a fetched model: the folder that all of its files lie in. A GGUF file stands for itself, the first part for a split set.</summary>
    /// <param name="model">The model.</param>
    /// <returns>Where it lies.</returns>
    public static CheckpointLocation Of(FetchedModel model)
    {
        string first = model.Files[0].Path;
        string below = first[..(first.LastIndexOf('/') + 1)];
        while (!model.Files.All(f => f.Path.StartsWith(below, StringComparison.Ordinal)))
        {
            below = below[..(below.TrimEnd('/').LastIndexOf('/') + 1)];
        }

        bool isEngine = model.Files.All(f => f.Path.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase));
        return new CheckpointLocation(Path.Combine(model.Folder, isEngine ? first : below))
        {
            Name = model.Name,
            ProductName = model.Reference.ShortName,
            Files = [.. model.Files.Select(f => new ExpectedFile(f.Path[below.Length..], f.Sha256) { Arriving = f.Arriving })],
            IsReadEachTime = model.Reference.Origin == ModelOrigin.NuGet,
        };
    }

    // What lay in the cache before stays, and so does what another build of the same source has asked to keep or is using: the last one that keeps none drops it.
    private void Release()
    {
        Dispose();
        foreach (FetchedModel model in _fetched.Where(m => m.Reference.Origin == ModelOrigin.HuggingFace).DistinctBy(m => m.Folder))
        {
            if (_keepsSource)
            {
                BroughtFiles.Forget(model.Folder);
                continue;
            }

            BroughtFiles.WhileUnused(Repository(model.Reference), () =>
            {
                if (BroughtFiles.Of(model.Folder) is { Count: > 0 } brought)
                {
                    new HubCacheInventory(HubSettings.FromEnvironment()).Drop(model, brought);
                }

                BroughtFiles.Forget(model.Folder);
            });
        }
    }

    private static string Repository(ModelReference reference) => Path.Combine(HubSettings.FromEnvironment().CacheFolder, reference.Name);

    // Content that came wrong was sent just now; a file that is gone or damaged lies among the repository's.
    private static bool IsMendedByFetching(CheckpointException e, FetchedModel model) =>
        e.MayBeMendedByFetching && (e.File is { } file ? file.StartsWith(Path.GetFullPath(Path.Combine(model.Folder, "..", "..")), StringComparison.Ordinal) : model.Files.Any(f => f.Arriving is not null));

    // It is small, and opened as any folder is: what lies there is verified here.
    private string LocateAdapter(ModelReference reference, CancellationToken cancellation)
    {
        string revision = reference.Origin == ModelOrigin.NuGet ? "" : "main";
        return Of(Fetch(new FetchRequest(reference, new FileSelection(SelectionStart.WhatAnAdapterNeeds)) { Revision = revision, ReadsFound = true }, cancellation)).Path;
    }

    // The environment is read only when a name has to be found.
    private HubClient Hub()
    {
        HubSettings settings = HubSettings.FromEnvironment();
        return _hub ??= new HubClient(settings with { Offline = settings.Offline || _offline });
    }
}

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using CheckpointBuild.Tasks.Checkpoints;
using CheckpointBuild.Tasks.Diagnostics;
using CheckpointBuild.Tasks.Placing;
using CheckpointBuild.Tasks.States;
using CheckpointBuild.Tasks.Worker;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace CheckpointBuild.Tasks;

/// <summary>What the three tasks share: items in, the tool asked for what is not up to date, items with their products out.</summary>
/// <remarks>
/// Nothing heavy happens in the build's own process. When names, sizes and times of the source files, the metadata and the tool are what they were, no process is started at all;
/// otherwise the tool decides by content whether there is anything to do.
/// </remarks>
public abstract class WorkerTask : Task, ICancelableTask, IIncrementalTask
{
    private const int CallDigits = 8;

    private readonly CancelSignal _cancel = new();
    private readonly DiagnosticLog _log;

    private protected WorkerTask() => _log = new DiagnosticLog(Log);

    /// <summary>The checkpoints: folders or files, with the metadata of <c>ModelCheckpoint</c>.</summary>
    [Required]
    public ITaskItem[] Checkpoints { get; set; } = [];

    /// <summary>Plug-ins: assemblies, or folders that hold one each. What they add holds for every checkpoint here, and their bytes are part of its content key.</summary>
    public ITaskItem[] Plugins { get; set; } = [];

    /// <summary>The folder that relative paths in properties and metadata start from; that of the project file which calls the task, when not given.</summary>
    public string? ProjectDirectory { get; set; }

    /// <summary>Where to put the products, one folder for each, named after its engine. Without it they stay in the store, which is where <see cref="Files"/> then points.</summary>
    public string? OutputDirectory { get; set; }

    /// <summary>Where the task remembers what it made; <c>obj/ckpt/</c>, the task's name and a hash of <see cref="OutputDirectory"/> when not given, so that two calls of one task do not take each other's place.</summary>
    public string? StateDirectory { get; set; }

    /// <summary>The content-addressed store; the user's own when not given.</summary>
    public string? StoreDirectory { get; set; }

    /// <summary>The store where the user has no folder for one; <c>obj/checkpoint-store</c> when not given.</summary>
    public string? FallbackStoreDirectory { get; set; }

    /// <summary>The tool, <c>ckpt.dll</c> or a program; the package's own when not given.</summary>
    public string? ToolPath { get; set; }

    /// <summary>The .NET host that runs the tool; the one that runs the build, or the one on the path, when not given.</summary>
    public string? DotNetHost { get; set; }

    /// <summary>Whether the network must not be used.</summary>
    public bool Offline { get; set; }

    /// <summary>The lock file that says what named models are; <c>checkpoints.lock.json</c> beside the project when not given.</summary>
    public string? LockFile { get; set; }

    /// <summary>The project's restored assets (<c>project.assets.json</c>), which say what version of a package it references.</summary>
    public string? AssetsFile { get; set; }

    /// <summary>Whether named models that are not on this machine are fetched; otherwise that is an error, as it is offline.</summary>
    public bool Restore { get; set; } = true;

    /// <summary>Whether only the lock file says what a name is.</summary>
    public bool LockedMode { get; set; }

    /// <summary>Whether every name is resolved anew and the lock file written again.</summary>
    public bool UpdateLock { get; set; }

    /// <summary>Whether to build again what is there already.</summary>
    public bool Force { get; set; }

    /// <summary>Whether to read every source file again instead of trusting sizes and times.</summary>
    public bool Verify { get; set; }

    /// <summary>Whether to say only which products there would be: their <c>ContentKey</c>, their <c>Size</c>, and by <c>FromStore</c> whether the store has them.</summary>
    public bool Plan { get; set; }

    /// <summary>The most threads that build; every processor's when not given.</summary>
    public string? MaxParallelism { get; set; }

    /// <summary>How loud the tool is in the build's log, whatever the build's own verbosity: <c>quiet</c>, <c>minimal</c>, <c>normal</c>, <c>detailed</c>, <c>diagnostic</c>.</summary>
    public string? Verbosity { get; set; }

    /// <summary>Which of the checkpoints are made, in the standard targets: those whose product is a checkpoint (<c>ConvertCheckpoint</c>), a quantized one (<c>QuantizeModel</c>), or anything else (<c>BuildEngine</c>); all when not given.</summary>
    public string? Stage { get; set; }

    /// <inheritdoc/>
    public bool FailIfNotIncremental { get; set; }

    /// <summary>The products, one for each checkpoint in the same order: folders with <c>EngineName</c>, <c>ContentKey</c>, <c>FromStore</c>, <c>Size</c> and <c>SourceCheckpoint</c>. They may be the checkpoints of another task.</summary>
    [Output]
    public ITaskItem[] Products { get; private set; } = [];

    /// <summary>All files of all products, each with the <c>TargetPath</c> that it has below an application's output.</summary>
    [Output]
    public ITaskItem[] Files { get; private set; } = [];

    /// <inheritdoc/>
    public void Cancel() => _cancel.Set();

    /// <inheritdoc/>
    public override bool Execute()
    {
        try
        {
            Make();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _log.Error(TaskErrors.NoState(States, exception.Message));
        }
        catch (OperationCanceledException)
        {
            Log.LogMessage(MessageImportance.Low, "Cancelled.");
        }

        return !_log.HasErrors && !_cancel.IsSet;
    }

    /// <summary>The metadata without which the task does not know what is asked of it; empty where it needs none.</summary>
    private protected abstract string RequiredMetadata { get; }

    /// <summary>Whether the task only fetches what is named, and makes nothing of it.</summary>
    private protected virtual bool OnlyFetches => false;

    /// <summary>Whether the checkpoints are all that the project has.</summary>
    private protected virtual bool HasAllItems => false;

    private void Make()
    {
        List<CheckpointItem> checkpoints = new CheckpointReader(_log).Read(Checkpoints, item => Stage is not { Length: > 0 } stage || CheckpointStage.Of(item).Equals(stage, StringComparison.OrdinalIgnoreCase));
        foreach (CheckpointItem checkpoint in checkpoints)
        {
            if (RequiredMetadata.Length > 0 && CheckpointMetadata.Of(checkpoint.Item, RequiredMetadata).Length == 0)
            {
                _log.Error(TaskErrors.MissingMetadata(checkpoint.Item.ItemSpec, GetType().Name, RequiredMetadata), checkpoint.Item);
            }
        }

        if (LockedMode && UpdateLock && checkpoints.Exists(checkpoint => checkpoint.IsNamed))
        {
            _log.Error(TaskErrors.UpdateInLockedMode());
        }

        if (MessageLevel.Parse(Verbosity ?? string.Empty) is null)
        {
            _log.Error(TaskErrors.UnknownValue("CheckpointBuildVerbosity", Verbosity!, MessageLevel.Names));
        }

        string tool = Full(ToolPath is { Length: > 0 } given ? given : ToolOfThePackage());
        if (!File.Exists(tool))
        {
            _log.Error(TaskErrors.ToolNotFound(tool));
        }

        if (_log.HasErrors)
        {
            return;
        }

        if (OnlyFetches)
        {
            Fetch(tool, checkpoints.FindAll(checkpoint => checkpoint.IsNamed));
            return;
        }

        List<EngineJob> jobs = ReadJobs(checkpoints, tool);
        if (Plan)
        {
            Foresee(tool, jobs);
            return;
        }

        List<EngineJob> stale = jobs.FindAll(job => !IsUpToDate(job));
        if (!_log.HasErrors && stale.Count > 0)
        {
            RunTool(tool, stale);
        }

        if (!_log.HasErrors && !_cancel.IsSet)
        {
            Deliver(jobs);
        }
    }

    private void Fetch(string tool, List<CheckpointItem> named)
    {
        if (named.Count > 0)
        {
            Converse(tool, named);
        }
    }

    private List<EngineJob> ReadJobs(List<CheckpointItem> checkpoints, string tool)
    {
        List<EngineJob> jobs = [];
        string stampsOfTool = ToolStamps.Of(tool, PluginPaths);
        foreach (CheckpointItem checkpoint in checkpoints)
        {
            try
            {
                SourceStamps stamps = SourceStamps.Of(checkpoint, Folder, FullLockFile, FullAssetsFile);
                EngineQuestion question = EngineQuestion.Of(GetType().Name, checkpoint, stampsOfTool + EngineToolStamps.Of(checkpoint, Folder), Store, stamps);
                jobs.Add(new EngineJob(checkpoint, question, stamps.Bytes, EngineState.PathOf(States, checkpoint)));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                _log.Error(TaskErrors.CannotList(checkpoint.Source, exception.Message), checkpoint.Item);
            }
        }

        return jobs;
    }

    private bool IsUpToDate(EngineJob job)
    {
        string? stale = job.WhyStale();
        string? reason = Force ? "forced" : Verify ? "to be verified" : UpdateLock && job.Checkpoint.IsNamed ? "its name is resolved anew" : stale;
        if (reason is null)
        {
            StoreUse.Renew(job.Product!);
            return true;
        }

        if (FailIfNotIncremental)
        {
            _log.Error(TaskErrors.WouldBuild(job.Checkpoint.EngineName, reason), job.Checkpoint.Item);
        }

        Log.LogMessage(MessageImportance.Low, "{0}: asking the tool ({1}).", job.Checkpoint.EngineName, reason);
        return false;
    }

    private void RunTool(string tool, List<EngineJob> stale)
    {
        foreach (EngineJob job in stale)
        {
            EngineState.PutAside(job.StatePath);
        }

        WorkerConversation conversation = Converse(tool, stale.ConvertAll(job => job.Checkpoint));
        if (!_cancel.IsSet)
        {
            Remember(stale, conversation);
        }
    }

    private void Foresee(string tool, List<EngineJob> jobs)
    {
        if (_log.HasErrors || jobs.Count == 0)
        {
            return;
        }

        WorkerConversation conversation = Converse(tool, jobs.ConvertAll(job => job.Checkpoint));
        List<ITaskItem> products = [];
        for (int i = 0; i < jobs.Count; i++)
        {
            if (conversation.Products[i] is { } product)
            {
                products.Add(EngineItems.Product(jobs[i].Checkpoint, product, jobs[i].Checkpoint.TargetFolder));
            }
        }

        Products = [.. products];
    }

    private WorkerConversation Converse(string tool, List<CheckpointItem> checkpoints)
    {
        string request = Path.Combine(States, (Stage is { Length: > 0 } stage ? stage : GetType().Name) + ".request.json");
        new WorkerRequest(GetType().Name, Store, FallbackStore)
        {
            Offline = Offline || !Restore || Plan,
            LockFile = FullLockFile,
            AssetsFile = FullAssetsFile,
            Locked = LockedMode,
            UpdateLock = UpdateLock,
            Whole = HasAllItems,
            Force = Force,
            Verify = Verify,
            Plugins = PluginPaths,
            Plan = Plan,
            MaxParallelism = MaxParallelism ?? string.Empty,
        }.Write(request, checkpoints);
        return new ToolRun(this, _log, _cancel) { Plugins = PluginPaths, Identity = ToolStamps.Of(tool, PluginPaths), Level = MessageLevel.Parse(Verbosity ?? string.Empty)! }.Run(new ToolCommand(tool, DotNetHost), request, Folder, checkpoints);
    }

    // One checkpoint's error takes nothing from the others: what was built for them is remembered.
    private void Remember(List<EngineJob> stale, WorkerConversation conversation)
    {
        for (int i = 0; i < stale.Count; i++)
        {
            EngineJob job = stale[i];
            job.Product = conversation.Products[i];
            if (job.Product is null || !job.Product.IsComplete())
            {
                if (conversation.Succeeded)
                {
                    _log.Error(TaskErrors.NoProduct(job.Checkpoint.EngineName), job.Checkpoint.Item);
                }

                continue;
            }

            // The tool may have written the lock file: the next build compares with what stands there now.
            job.Remember(job.Checkpoint.IsNamed ? SourceStamps.Of(job.Checkpoint, Folder, FullLockFile, FullAssetsFile) : null);
            Log.LogMessage(
                MessageLevel.Parse(Verbosity ?? string.Empty)!.Of(MessageImportance.High),
                string.Format(CultureInfo.InvariantCulture, "{0}: {1}{2:F1} MB, {3}", job.Checkpoint.EngineName, SizeIn(job), job.Product.Bytes / 1e6, Origin(job.Product)));
        }
    }

    // A fetched model's files lie where only the tool knows.
    private static string SizeIn(EngineJob job) =>
        CheckpointReader.IsRemote(job.Checkpoint.Source) ? string.Empty : string.Format(CultureInfo.InvariantCulture, "{0:F1} MB to ", job.SourceBytes / 1e6);

    private static string Origin(EngineProduct product) =>
        product.FromStore ? "from the store" : string.Format(CultureInfo.InvariantCulture, "built in {0:F1} s", product.Seconds);

    private void Deliver(List<EngineJob> jobs)
    {
        ProductDelivery delivery = new(OutputDirectory is { Length: > 0 } given ? Full(given) : string.Empty, new PlacementRecord(PlacementRecord.PathOf(States)), _log, _cancel);
        jobs.ForEach(delivery.Deliver);
        Products = delivery.Products;
        Files = delivery.Files;
    }

    private string States => Full(StateDirectory is { Length: > 0 } given ? given : Path.Combine("obj", "ckpt", GetType().Name, CallName()));

    private string Store => StoreDirectory is { Length: > 0 } given ? Full(given) : string.Empty;

    private string FullLockFile => Full(LockFile is { Length: > 0 } given ? given : "checkpoints.lock.json");

    private string FullAssetsFile => AssetsFile is { Length: > 0 } given ? Full(given) : string.Empty;

    private string FallbackStore => Full(FallbackStoreDirectory is { Length: > 0 } given ? given : Path.Combine("obj", "checkpoint-store"));

    private string[] PluginPaths => Array.ConvertAll(Plugins, plugin => Full(plugin.ItemSpec));

    // Of the process's current directory nothing is taken: in a multithreaded build it is not the project's.
    private string Folder => ProjectDirectory is { Length: > 0 } given ? given : Path.GetDirectoryName(BuildEngine.ProjectFileOfTaskNode);

    private string Full(string path) => Path.GetFullPath(Path.Combine(Folder, path));

    // A call with a folder of its own is known by it: there, other options take the place of those before. One that leaves its products in the store is known by what it asks.
    private string CallName()
    {
        List<string> fields = [OutputDirectory ?? string.Empty];
        foreach (ITaskItem item in OutputDirectory is { Length: > 0 } ? [] : Checkpoints)
        {
            foreach (string name in CheckpointMetadata.Recipe)
            {
                fields.Add(CheckpointMetadata.Of(item, name));
            }
        }

        return Sha256Text.OfText(TabbedLine.Join([.. fields])).Substring(0, CallDigits);
    }

    private static string ToolOfThePackage() =>
        Path.Combine(Path.GetDirectoryName(typeof(WorkerTask).Assembly.Location), "..", "..", "tools", "net10.0", "any", "ckpt.dll");
}

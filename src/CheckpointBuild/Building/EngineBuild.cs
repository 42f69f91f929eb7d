using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.ExceptionServices;
using System.Threading;
using System.Threading.Tasks;
using CheckpointBuild.Building.Plugins;
using CheckpointBuild.Building.Quality;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Dialects.Adapters;
using CheckpointBuild.Dialects.LlamaCpp;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Models.Adapters;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Building;

/// <summary>One product from one checkpoint: opens the source, plans, knows the content key, and builds into a directory with a report. Dispose it to close the source.</summary>
public sealed class EngineBuild : IDisposable
{
    private readonly CheckpointDirectory _source;
    private readonly ImmutableArray<AdapterSource> _adapters;
    private readonly ImportanceMatrixFile? _importance;
    private readonly MeasuredImportance? _measured;
    private readonly QualityGate? _gate;
    private readonly AutomaticTypes? _automatic;
    private readonly SourceHashes _hashes;
    private readonly Dictionary<string, string> _stamps = new(StringComparer.Ordinal);
    private readonly TypeAdvice _advice;
    private ImmutableArray<SourceFile> _inputs;
    private double _hashSeconds;

    private EngineBuild(CheckpointDirectory source, ImmutableArray<AdapterSource> adapters, Recipe recipe, EngineBuildOptions options)
    {
        _source = source;
        _adapters = adapters;
        _hashes = options.Hashes;
        Dialect dialect = recipe.Format is { } format ? Dialect.Named(format) : Dialect.Detect(source);
        Checkpoint checkpoint = dialect.Read(source);
        Checkpoint = options.Name is null ? checkpoint : checkpoint with { Name = options.Name };
        Recipe = recipe with { Plugins = RegisteredPlugins.In(recipe, dialect, source, Checkpoint) };
        ImmutableArray<Adapter> opened = [.. adapters.Select(a => a.Adapter)];
        _importance = recipe.ImportanceMatrix is { } matrix ? ImportanceMatrixFile.Open(matrix) : null;
        try
        {
            _measured = recipe.Calibration is { } text ? Measured(text, opened, options.Calibrator) : null;
            ImportanceMatrix? weights = _importance?.Matrix ?? _measured?.Matrix;
            DirectoryPlan Planned(Recipe wanted) => wanted.Apply(Checkpoint, opened, weights);
            _advice = new TypeAdvice(recipe, Planned);
            Checkpoint judged = recipe.AdapterMode == AdapterMode.Merge ? recipe.Merged(Checkpoint, opened) : Checkpoint;
            _gate = QualityGate.Open(recipe, judged, options.Calibrator);
            _automatic = AutomaticTypes.Open(recipe, judged, options.Calibrator, weights, Planned);
            Plan = _automatic?.FirstPlan ?? Planned(recipe);
            SizeBudget.Check(Checkpoint.Name, Plan, recipe.MaxEngineSize, _advice.LargestWithin);
        }
        catch
        {
            DisposeMeasuring();
            throw;
        }
    }

    /// <summary>The source as it was read.</summary>
    public Checkpoint Checkpoint { get; }

    /// <summary>What is asked for.</summary>
    public Recipe Recipe { get; }

    /// <summary>The files that will be written; where types follow from measurements, those of the nearest kind until <see cref="Run"/> has measured.</summary>
    public DirectoryPlan Plan { get; private set; }

    /// <summary>What reader and plan noticed.</summary>
    public ImmutableArray<Diagnostic> Warnings => [.. Checkpoint.Problems, .. Plan.Warnings];

    /// <summary>Opens a source and plans; no tensor data is read.</summary>
    /// <param name="path">The checkpoint: a folder or a file.</param>
    /// <param name="recipe">What is asked for.</param>
    /// <param name="hashes">Hashes remembered from earlier builds.</param>
    /// <param name="name">The checkpoint's name where its path does not tell it; null = its folder's or file's.</param>
    /// <param name="calibrator">Runs the model where the recipe asks for something measured; null = such a recipe is refused.</param>
    /// <returns>The build, ready to run.</returns>
    /// <exception cref="CheckpointException">1xxx, 2xxx, 9xxx when the source or the recipe cannot be.</exception>
    public static EngineBuild Open(string path, Recipe recipe, SourceHashes hashes, string? name = null, Calibrator? calibrator = null) => Open(new CheckpointLocation(path) { Name = name }, recipe, hashes, calibrator);

    /// <summary>Opens a source of which more is known than its path, and plans; no tensor data is read.</summary>
    /// <param name="location">Where the checkpoint lies.</param>
    /// <param name="recipe">What is asked for.</param>
    /// <param name="hashes">Hashes remembered from earlier builds.</param>
    /// <param name="calibrator">Runs the model where the recipe asks for something measured; null = such a recipe is refused.</param>
    /// <returns>The build, ready to run.</returns>
    /// <exception cref="CheckpointException">1xxx, 2xxx, 9xxx when the source or the recipe cannot be.</exception>
    public static EngineBuild Open(CheckpointLocation location, Recipe recipe, SourceHashes hashes, Calibrator? calibrator = null)
    {
        ArgumentNullException.ThrowIfNull(location);
        ArgumentNullException.ThrowIfNull(recipe);
        CheckpointDirectory source = CheckpointDirectory.Open(location, recipe.SourceTolerance);
        var adapters = new List<AdapterSource>();
        try
        {
            adapters.AddRange(recipe.Adapter.Select(a => AdapterSource.Open(a.Path)));
            return new EngineBuild(source, [.. adapters], recipe, new EngineBuildOptions(hashes, location.Name, calibrator));
        }
        catch
        {
            adapters.ForEach(a => a.Dispose());
            source.Dispose();
            throw;
        }
    }

    /// <summary>The content key; hashes the source's files that are not remembered.</summary>
    /// <param name="trust">Whether remembered hashes may be used.</param>
    /// <param name="cancellation">Looked at between pieces of files.</param>
    /// <returns>64 hex digits.</returns>
    public string Key(HashTrust trust, CancellationToken cancellation)
    {
        if (_inputs.IsDefault)
        {
            long start = Stopwatch.GetTimestamp();
            (string Name, string Path, ByteSource Source)[] files = [.. Opened()];
            foreach ((string _, string path, ByteSource _) in files)
            {
                _stamps[path] = SourceHashes.StampOf(path);
            }

            var inputs = new SourceFile[files.Length];
            try
            {
                Parallel.For(0, files.Length, new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount }, i => inputs[i] = Hash(files[i].Name, files[i].Path, files[i].Source, trust, cancellation));
            }
            catch (AggregateException failures)
            {
                ExceptionDispatchInfo.Throw(failures.InnerExceptions[0]);
            }

            _inputs = [.. inputs];
            _hashSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        return Fingerprint.Of(Checkpoint.Name, Recipe, _inputs);
    }

    /// <summary>Builds into a directory. Files of an earlier build there that this one does not write are removed afterwards.</summary>
    /// <param name="directory">Where the product goes.</param>
    /// <param name="options">Threads, durability and progress.</param>
    /// <param name="trust">Whether remembered hashes of the source may be used.</param>
    /// <param name="cancellation">Looked at between bands.</param>
    /// <returns>The report, which also stands in the directory.</returns>
    public BuildReport Run(string directory, BuilderOptions options, HashTrust trust, CancellationToken cancellation)
    {
        RefuseSourceAsOutput(directory);
        OutputDirectory.Prepare(Path.GetFullPath(directory), Plan.Files.Sum(f => f.Length));
        string key = Key(trust, cancellation);
        long start = Stopwatch.GetTimestamp();
        ImmutableArray<string> before = OutputsOfEarlierBuild(directory);
        _measured?.Measure(_hashes.PathOf($"importance-{Fingerprint.Of(Checkpoint.Name, new Recipe { Engine = "importance", Adapter = Recipe.Adapter, Format = Recipe.Format }, _inputs)}.gguf"), cancellation);
        AutomaticChoice? choice = null;
        if (_automatic is not null)
        {
            (Plan, choice) = _automatic.Choose(cancellation);
        }

        var builder = new Builder(options);
        using StagedProduct? staged = _gate is null ? null : StagedProduct.In(directory);
        ImmutableArray<BuiltFile> outputs = builder.Build(Plan, staged?.Folder ?? directory, RefuseChangedSource, cancellation);
        QualityReport? quality = staged is null ? null : _gate!.Judge(staged.Folder, measured => _advice.NextWithin(Plan, measured), cancellation);
        staged?.Publish(outputs);

        var report = new BuildReport
        {
            Key = key,
            Recipe = Recipe,
            CheckpointName = Checkpoint.Name,
            CheckpointPath = _source.Path,
            Dialect = Checkpoint.Dialect,
            Family = Checkpoint.Family.Architecture,
            Inputs = _inputs,
            Outputs = outputs,
            Tensors = [.. Plan.Files.SelectMany(f => f.Slots.Where(s => s.Plane == 0).Select(s => new TensorReport(s.Tensor.Name, s.Tensor.DType.LongName, s.Tensor.Shape.ToString(), f.Path, s.Tensor.Derivation) { Bytes = s.Tensor.ByteCount }))],
            Warnings = Warnings,
            Quality = quality,
            Automatic = choice,
            HashSeconds = _hashSeconds,
            BuildSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
        };
        builder.Build(new DirectoryPlan([FilePlan.Of(BuildReport.FileName, report.ToJson())], []), directory, cancellation);
        Remove(directory, before.Except(outputs.Select(o => o.Path), StringComparer.Ordinal));
        return report;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (AdapterSource adapter in _adapters)
        {
            adapter.Dispose();
        }

        DisposeMeasuring();
        _source.Dispose();
    }

    private void DisposeMeasuring()
    {
        _importance?.Dispose();
        _measured?.Dispose();
        _gate?.Dispose();
        _automatic?.Dispose();
    }

    private SourceFile Hash(string name, string path, ByteSource source, HashTrust trust, CancellationToken cancellation)
    {
        string sha256 = _hashes.Sha256(path, source, trust, cancellation);
        return _source.ExpectedSha256(name) is { } expected && expected != sha256
            ? throw Errors.SourceNotAsLocked(path, sha256, expected)
            : new SourceFile(name, source.Length, sha256);
    }

    // A product in its source's folder would overwrite what it is made from, or what a later build of the same source needs.
    private void RefuseSourceAsOutput(string directory)
    {
        if (SamePlace(directory, _source.Folder))
        {
            throw Errors.OutputIsSource(Path.GetFullPath(directory));
        }
    }

    private static bool SamePlace(string left, string right) => string.Equals(Real(left), Real(right), StringComparison.Ordinal);

    private static string Real(string folder)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        return Directory.Exists(full) && Directory.ResolveLinkTarget(full, returnFinalTarget: true) is { } target ? Path.TrimEndingDirectorySeparator(target.FullName) : full;
    }

    // What was hashed and what was read are the same open files; a file that was written to meanwhile would put wrong bytes under a good key.
    private void RefuseChangedSource()
    {
        foreach ((string path, string stamp) in _stamps)
        {
            if (SourceHashes.StampOf(path) != stamp)
            {
                throw Errors.SourceChanged(path);
            }
        }
    }

    // The source's own files, then those of each adapter under its place in the recipe: where they lie is no part of what is built.
    private IEnumerable<(string Name, string Path, ByteSource Source)> Opened() =>
        _source.OpenedFiles.Select(name => (name, _source.PathOf(name), _source.OpenFile(name)))
            .Concat(_adapters.SelectMany((adapter, i) => adapter.Directory.OpenedFiles.Select(name => ($"adapter {i + 1}/{name}", adapter.Directory.PathOf(name), adapter.Directory.OpenFile(name)))))
            .Concat(_importance is { } matrix ? [("importance matrix", Recipe.ImportanceMatrix!, matrix.Source)] : [])
            .Concat(_measured is { } measured ? [("calibration", Recipe.Calibration!, measured.Text)] : [])
            .Concat(_gate is { } gate ? [("evaluation text", Recipe.EvaluationText!, gate.Text.Source)] : []);

    private MeasuredImportance Measured(string text, ImmutableArray<Adapter> adapters, Calibrator? calibrator) =>
        _importance is not null ? throw Errors.ImportanceTwice()
        : calibrator is null ? throw Errors.NoCalibrator(text)
        : MeasuredImportance.Open(Recipe.AdapterMode == AdapterMode.Merge ? Recipe.Merged(Checkpoint, adapters) : Checkpoint, calibrator, text);

    private ImmutableArray<string> OutputsOfEarlierBuild(string directory)
    {
        string report = Path.Combine(directory, BuildReport.FileName);
        try
        {
            return File.Exists(report) && BuildReport.Read(report) is { } earlier && SameProduct(earlier) ? [.. earlier.Outputs.Select(o => o.Path)] : [];
        }
        catch (CheckpointException)
        {
            return [];
        }
    }

    // Another model's product, or another target's, in the same folder is somebody else's.
    private bool SameProduct(BuildReport earlier) =>
        earlier.Recipe.Engine == Recipe.Engine && (earlier.Recipe.EngineName ?? earlier.CheckpointName) == (Recipe.EngineName ?? Checkpoint.Name);

    private static void Remove(string directory, IEnumerable<string> paths)
    {
        string root = Path.GetFullPath(directory) + Path.DirectorySeparatorChar;
        foreach (string path in paths.Select(p => Path.GetFullPath(Path.Combine(directory, p))).Where(p => p.StartsWith(root, StringComparison.Ordinal)))
        {
            File.Delete(path);
        }
    }
}

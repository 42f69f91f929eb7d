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
using CheckpointBuild.Dialects.TensorRtLlm;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Models.Adapters;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Building;

/// <summary>One product from one checkpoint: opens the source, plans, knows the content key, and builds into a directory with a report. Dispose it to close the source.</summary>
public sealed partial class EngineBuild : IDisposable
{
    /// <summary>What the names of an adapter's files begin with among the inputs.</summary>
    internal const string AdapterInput = "adapter ";

    /// <summary>What the text that an engine is judged on is called among the inputs; it shapes no byte.</summary>
    internal const string EvaluationInput = "evaluation text";

    private readonly CheckpointDirectory _source;
    private readonly ImmutableArray<AdapterSource> _adapters;
    private readonly ImportanceMatrixFile? _importance;
    private readonly MeasuredImportance? _measured;
    private readonly MeasuredStatistics? _statistics;
    private readonly QualityGate? _gate;
    private readonly AutomaticTypes? _automatic;
    private readonly EngineToolStep? _step;
    private readonly ImmutableArray<Diagnostic> _noticed;
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
        (Recipe fitted, _step, _noticed) = EngineToolStep.Choose(recipe, options.Tool, options.Name ?? source.Name);
        DirectoryPlan? asItStands = _step?.AsItStands(recipe, source, dialect);
        recipe = asItStands is null ? fitted : recipe;
        Checkpoint checkpoint = asItStands is null ? Read(source, dialect, recipe) : new RankReader(source).Describe();
        Checkpoint = options.Name is null ? checkpoint : checkpoint with { Name = options.Name };
        Recipe = recipe with { Plugins = RegisteredPlugins.In(recipe, dialect, source, Checkpoint) };
        ImmutableArray<Adapter> opened = [.. adapters.Select(a => a.Adapter)];
        RefuseCuts(recipe);
        _importance = recipe.ImportanceMatrix is { } matrix ? ImportanceMatrixFile.Open(matrix) : null;
        try
        {
            if (recipe.Calibration is { } text)
            {
                Calibrator calibrator = Refused(recipe, text) ?? options.Calibrator ?? throw Errors.NoCalibrator(text);
                _statistics = recipe.NeedsStatistics ? MeasuredStatistics.Open(Calibrated(opened), calibrator, text) : null;
                _measured = recipe.NeedsStatistics ? null : MeasuredImportance.Open(Calibrated(opened), calibrator, text);
            }

            ImportanceMatrix? weights = (_importance?.Matrix ?? _measured?.Matrix)?.Of(recipe.IncludeWeights, recipe.ExcludeWeights);
            DirectoryPlan Planned(Recipe wanted) => wanted.Apply(Checkpoint, opened, new Measurements(weights, _statistics?.Placeholder));
            _advice = new TypeAdvice(recipe, Planned);
            _gate = QualityGate.Open(recipe, Calibrated(opened), options.Calibrator);
            _automatic = AutomaticTypes.Open(recipe, Calibrated(opened), options.Calibrator, weights, Planned);
            Plan = asItStands ?? _automatic?.FirstPlan ?? Planned(Recipe);
            _noticed = [.. _noticed, .. _step?.Check(Plan) ?? []];
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

    /// <summary>The files that will be written; where types follow from measurements, those of the nearest kind until building has measured.</summary>
    public DirectoryPlan Plan { get; private set; }

    /// <summary>What reader and plan noticed.</summary>
    public ImmutableArray<Diagnostic> Warnings => [.. _noticed, .. Recipe.Calibration == CalibrationText.Own ? [Errors.OwnCalibrationText(Checkpoint.Name)] : ImmutableArray<Diagnostic>.Empty, .. Checkpoint.Problems, .. Plan.Warnings, .. Plan.NoticedInTensors?.Invoke() ?? []];

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
    public static EngineBuild Open(CheckpointLocation location, Recipe recipe, SourceHashes hashes, Calibrator? calibrator = null) => Open(location, recipe, hashes, calibrator, null);

    /// <summary>Opens a source whose engine a tool of somebody else builds, and plans: the tool is asked what it is, and every setting is checked.</summary>
    /// <param name="location">Where the checkpoint lies.</param>
    /// <param name="recipe">What is asked for.</param>
    /// <param name="hashes">Hashes remembered from earlier builds.</param>
    /// <param name="calibrator">Runs the model where the recipe asks for something measured; null = such a recipe is refused.</param>
    /// <param name="tool">Builds the engine where the recipe asks for one that is not ours; null = such a recipe is refused.</param>
    /// <returns>The build, ready to run.</returns>
    /// <exception cref="CheckpointException">1xxx, 2xxx, 32xx, 9xxx when the source, the recipe or the tool cannot be.</exception>
    public static EngineBuild Open(CheckpointLocation location, Recipe recipe, SourceHashes hashes, Calibrator? calibrator, EngineTool? tool)
    {
        ArgumentNullException.ThrowIfNull(location);
        ArgumentNullException.ThrowIfNull(recipe);
        CheckpointDirectory source = CheckpointDirectory.Open(location, recipe.SourceTolerance);
        var adapters = new List<AdapterSource>();
        try
        {
            adapters.AddRange(recipe.Adapter.Select(a => AdapterSource.Open(a.Path)));
            return new EngineBuild(source, [.. adapters], recipe, new EngineBuildOptions(hashes, location.Name, calibrator, tool));
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
            foreach ((string _, string path, ByteSource _) in files.Where(f => f.Source is not (ArrivingSource or MemorySource)))
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

        return Fingerprint.Of(Checkpoint.Name, Recipe, _inputs, _step?.Identity ?? Arithmetic);
    }

    /// <summary>Builds into a directory. Files of an earlier build there that this one does not write are removed afterwards.</summary>
    /// <param name="directory">Where the product goes.</param>
    /// <param name="options">Threads, durability and progress.</param>
    /// <param name="trust">Whether remembered hashes of the source may be used.</param>
    /// <param name="cancellation">Looked at between bands.</param>
    /// <returns>The report, which also stands in the directory.</returns>
    public BuildReport Run(string directory, BuilderOptions options, HashTrust trust, CancellationToken cancellation) => Run(directory, options, trust, static _ => null, cancellation);

    /// <summary>Builds into a directory; tensors that an earlier product holds are taken from it instead of being made again.</summary>
    /// <param name="directory">Where the product goes.</param>
    /// <param name="options">Threads, durability and progress.</param>
    /// <param name="trust">Whether remembered hashes of the source may be used.</param>
    /// <param name="findTensors">Finds a file of an earlier product by the key of its tensors.</param>
    /// <param name="cancellation">Looked at between bands.</param>
    /// <returns>The report, which also stands in the directory.</returns>
    internal BuildReport Run(string directory, BuilderOptions options, HashTrust trust, Func<string, EarlierFile?> findTensors, CancellationToken cancellation)
    {
        RefuseSourceAsOutput(directory);
        RefuseOtherRanks(directory);
        OutputDirectory.Prepare(Path.GetFullPath(directory), Plan.Files.Sum(f => f.Length));
        string key = Key(trust, cancellation);
        long start = Stopwatch.GetTimestamp();
        ImmutableArray<string> before = OutputsOfEarlierBuild(directory);
        var arriving = new ArrivingInputs([.. Opened().Select(f => f.Source).OfType<ArrivingSource>()]);
        arriving.Expect(Plan);
        if (_measured is not null || _statistics is not null || _gate is not null || _automatic is not null)
        {
            // What is measured is kept: it must not come from bytes that nobody has verified.
            arriving.Complete(cancellation);
        }

        _measured?.Measure(MeasuredPath("importance", ".gguf"), cancellation);
        AutomaticChoice? choice = null;
        if (_automatic is not null)
        {
            (Plan, choice) = _automatic.Choose(cancellation);
        }

        DirectoryPlan plan = _statistics is not null ? Measured(_statistics, ref options, cancellation)
            : _measured is not null && Recipe.KeepStages ? Plan with { Files = [.. Plan.Files, GgufImportance.Plan(_measured.Matrix.File, _measured.Matrix)] }
            : Plan;
        var builder = new Builder(options);
        _source.ShareReads(plan.SharesRows);
        long readBefore = _source.BytesRead;
        using var earlier = new EarlierTensors(findTensors);
        using StagedProduct? staged = _gate is null ? null : StagedProduct.In(directory);
        string place = staged?.Folder ?? directory;
        ImmutableArray<BuiltFile> outputs = _step is null
            ? Fill(builder, plan, earlier, place, () => RefuseWrongSource(arriving, cancellation), cancellation)
            : _step.Build(builder, options.Workers, plan, place, () => RefuseWrongSource(arriving, cancellation), cancellation);
        QualityReport? quality = staged is null ? null : _gate!.Judge(staged.Folder, measured => _advice.NextWithin(plan, measured), cancellation);
        staged?.Publish(outputs);

        var report = new BuildReport
        {
            Key = key,
            Recipe = Recipe,
            Tool = _step?.Identity,
            CheckpointName = Checkpoint.Name,
            CheckpointPath = _source.Path,
            Dialect = Checkpoint.Dialect,
            Family = Checkpoint.Family.Architecture,
            Inputs = _inputs,
            Outputs = outputs,
            Tensors = [.. Plan.Files.SelectMany(f => f.Slots.Where(s => s.Plane == 0).Select(s => new TensorReport(s.Tensor.Name, s.Tensor.DType.LongName, s.Tensor.Shape.ToString(), f.Path, s.Tensor.Derivation) { Bytes = s.Tensor.ByteCount }))],
            Warnings = Warnings,
            BytesRead = _source.BytesRead - readBefore,
            Quality = quality,
            Automatic = choice,
            HashSeconds = _hashSeconds,
            BuildSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
        };
        string[] names = Recipe.Rank is { } rank ? [BuildReport.NameOfRank(rank), BuildReport.FileName] : [BuildReport.FileName];
        builder.Build(new DirectoryPlan([.. names.Select(name => FilePlan.Of(name, report.ToJson()))], []), directory, cancellation);
        Remove(directory, before.Except(outputs.Select(o => o.Path), StringComparer.Ordinal).Concat(Recipe.Rank is null ? BuildReport.OfRanks(directory) : []));
        return report;
    }

    // A format that is asked for and does not lie there fails somewhere inside; what it looks like says more.
    private static Checkpoint Read(CheckpointDirectory source, Dialect dialect, Recipe recipe)
    {
        try
        {
            return dialect.Read(source);
        }
        catch (CheckpointException e) when (recipe.Format is not null && dialect.GetType().Assembly == typeof(Dialect).Assembly && !dialect.Recognizes(source) && Dialect.All.FirstOrDefault(d => d.Recognizes(source)) is { } other)
        {
            throw Errors.NotOfFormat(source.Path, dialect.Name, other.Name, e);
        }
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

    private ImmutableArray<BuiltFile> Fill(Builder builder, DirectoryPlan plan, EarlierTensors earlier, string directory, Action verify, CancellationToken cancellation)
    {
        string?[] keys = [.. plan.Files.Select(new TensorKeys(Recipe, _inputs, _source.OpenedFiles.Where(TensorKeys.IsText).Select(_source.OpenFile).ToHashSet()).Of)];
        return
        [
            .. builder.Build(earlier.Apply(plan, keys, cancellation), directory, verify, cancellation)
                .Select((built, i) => built with { TensorsKey = keys[i], TensorsFrom = earlier.ProductOf(built.Path) }),
        ];
    }

    private SourceFile Hash(string name, string path, ByteSource source, HashTrust trust, CancellationToken cancellation)
    {
        string sha256 = source is ArrivingSource arriving ? arriving.Sha256 : _hashes.Sha256(path, source, _source.IsReadEachTime ? HashTrust.ReadAgain : trust, cancellation);
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

    // Ranks that are built one by one into one folder are one set.
    private void RefuseOtherRanks(string directory)
    {
        string path = Path.Combine(directory, "config.json");
        if (Recipe.Rank is not null && Directory.Exists(directory) && Directory.EnumerateFiles(directory, "rank*.safetensors").Any() && File.Exists(path)
            && !Plan.Files.First(f => f.Path == "config.json").Head.Span.SequenceEqual(File.ReadAllBytes(path)))
        {
            throw Errors.RanksMixed(directory, "this build");
        }
    }

    private static bool SamePlace(string left, string right) => string.Equals(Real(left), Real(right), StringComparison.Ordinal);

    private static string Real(string folder)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        return Directory.Exists(full) && Directory.ResolveLinkTarget(full, returnFinalTarget: true) is { } target ? Path.TrimEndingDirectorySeparator(target.FullName) : full;
    }

    // What was hashed and what was read are the same open files; a file that was written to meanwhile would put wrong bytes under a good key, and so would one that arrived as something else.
    private void RefuseWrongSource(ArrivingInputs arriving, CancellationToken cancellation)
    {
        arriving.Complete(cancellation);
        foreach ((string _, string path, ByteSource source) in Opened().Where(f => f.Source is ArrivingSource))
        {
            _hashes.Keep(path, ((ArrivingSource)source).Sha256);
        }

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
            .Concat(_adapters.SelectMany((adapter, i) => adapter.Directory.OpenedFiles.Select(name => ($"{AdapterInput}{i + 1}/{name}", adapter.Directory.PathOf(name), adapter.Directory.OpenFile(name)))))
            .Concat(_importance is { } matrix ? [("importance matrix", Recipe.ImportanceMatrix!, matrix.Source)] : [])
            .Concat((_measured?.Text ?? _statistics?.Text) is { } text ? [("calibration", Recipe.Calibration!, text)] : [])
            .Concat(_gate is { } gate ? [(EvaluationInput, Recipe.EvaluationText!, gate.Text.Source)] : []);

    private ImmutableArray<string> OutputsOfEarlierBuild(string directory)
    {
        string report = Path.Combine(directory, BuildReport.FileName);
        try
        {
            return File.Exists(report) && BuildReport.Read(report) is { } earlier && (SameProduct(earlier) || IsReplaced(earlier)) ? [.. earlier.Outputs.Select(o => o.Path)] : [];
        }
        catch (CheckpointException)
        {
            return [];
        }
    }

    // Another model's product, or another target's, in the same folder is somebody else's.
    private bool SameProduct(BuildReport earlier) =>
        earlier.Recipe.Engine == Recipe.Engine && earlier.Recipe.Rank == Recipe.Rank && (earlier.Recipe.EngineName ?? earlier.CheckpointName) == (Recipe.EngineName ?? Checkpoint.Name);

    // A product that loses some of its files to this one is none any more: what is left of it would be taken for this one's.
    private bool IsReplaced(BuildReport earlier) => earlier.Recipe.Rank is null && Recipe.Rank is null && earlier.Outputs.Any(o => Plan.Files.Any(f => f.Path == o.Path));

    private static void Remove(string directory, IEnumerable<string> paths)
    {
        string root = Path.GetFullPath(directory) + Path.DirectorySeparatorChar;
        foreach (string path in paths.Select(p => Path.GetFullPath(Path.Combine(directory, p))).Where(p => p.StartsWith(root, StringComparison.Ordinal)))
        {
            File.Delete(path);
        }
    }
}

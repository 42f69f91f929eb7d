using System;
using System.Collections.Generic;
using System.IO;
using CheckpointBuild.Tasks.Diagnostics;
using CheckpointBuild.Tasks.States;
using CheckpointBuild.Tasks.Worker;
using Microsoft.Build.Framework;

namespace CheckpointBuild.Tasks.Placing;

/// <summary>Hands products back to the build: as items that point into the store, or, where the user named an output folder, as files there.</summary>
/// <param name="outputDirectory">The user's output folder; empty leaves the products in the store.</param>
/// <param name="placements">What was put where by earlier builds.</param>
/// <param name="log">Hears what could not be written.</param>
/// <param name="cancelled">Ends a copy between two chunks.</param>
internal sealed class ProductDelivery(string outputDirectory, PlacementRecord placements, DiagnosticLog log, CancelSignal cancelled)
{
    private const string ReportName = "build-report.json";

    private readonly EnginePlacer _placer = new(placements, cancelled);
    private readonly List<ITaskItem> _products = [];
    private readonly List<ITaskItem> _files = [];

    /// <summary>The items of the products, in the order of their delivery.</summary>
    internal ITaskItem[] Products => [.. _products];

    /// <summary>The items of all their files.</summary>
    internal ITaskItem[] Files => [.. _files];

    /// <summary>Delivers one product.</summary>
    /// <exception cref="OperationCanceledException">The build wants to stop.</exception>
    internal void Deliver(EngineJob job)
    {
        EngineProduct product = job.Product!;
        string folder = outputDirectory.Length == 0 ? product.Directory : EngineItems.Below(outputDirectory, job.Checkpoint.EngineName);
        _products.Add(EngineItems.Product(job.Checkpoint, product, folder));
        foreach (EngineFile file in product.Files)
        {
            string path = outputDirectory.Length == 0 ? file.FullPath : EngineItems.Below(folder, file.RelativePath);
            _files.Add(EngineItems.File(job.Checkpoint, product, file, path));
        }

        if (outputDirectory.Length > 0)
        {
            Fill(folder, product, job.Previous);
            placements.Write();
        }

        job.Settle();
    }

    private void Fill(string folder, EngineProduct product, IReadOnlyList<EngineProduct> previous)
    {
        HashSet<string> written = new(StringComparer.Ordinal);
        foreach (EngineFile file in product.Files)
        {
            cancelled.ThrowIfSet();
            string path = EngineItems.Below(folder, file.RelativePath);
            written.Add(path);
            Place(file, path);
        }

        FileInfo report = new(Path.Combine(product.Directory, ReportName));
        if (report.Exists)
        {
            Place(new EngineFile(ReportName, report.FullName, report.Length, string.Empty), Path.Combine(folder, ReportName));
        }

        // An engine of fewer parts must not stand beside parts of the one before it.
        foreach (EngineProduct before in previous)
        {
            foreach (EngineFile file in before.Files)
            {
                string path = EngineItems.Below(folder, file.RelativePath);
                if (!written.Contains(path))
                {
                    Delete(path);
                }
            }
        }
    }

    private void Delete(string path)
    {
        try
        {
            if (File.Exists(path))
            {
                File.Delete(path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            log.Error(TaskErrors.CannotDelete(path, exception.Message));
        }
    }

    private void Place(EngineFile file, string path)
    {
        if (_placer.Place(file, path) is { } problem)
        {
            log.Error(problem);
        }
    }
}

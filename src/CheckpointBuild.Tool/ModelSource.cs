using System;
using System.Linq;
using System.Threading;
using CheckpointBuild.Acquisition;
using CheckpointBuild.Building;
using CheckpointBuild.Dialects;

namespace CheckpointBuild.Tool;

/// <summary>Turns what users write where a checkpoint is expected into a place on this machine: a path is itself, <c>hf:org/name</c> is fetched.</summary>
/// <param name="settings">How the Hub is reached; asked for only when a name has to be found.</param>
/// <param name="log">Where messages go.</param>
internal sealed class ModelSource(Func<HubSettings> settings, ConsoleLog log)
{
    /// <summary>A source for the user who runs the tool.</summary>
    /// <param name="streams">Where messages go.</param>
    /// <param name="offline">Whether the network must not be used.</param>
    /// <returns>The source.</returns>
    public static ModelSource ForUser(ToolStreams streams, bool offline)
    {
        return new ModelSource(Settings, new ConsoleLog(streams.Error));

        HubSettings Settings()
        {
            HubSettings settings = HubSettings.FromEnvironment();
            return settings with { Offline = settings.Offline || offline };
        }
    }

    /// <summary>Finds or fetches a checkpoint.</summary>
    /// <param name="text">What the user wrote.</param>
    /// <param name="recipe">Revision and files, where it is a name.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>Where it lies.</returns>
    public CheckpointLocation Locate(string text, Recipe recipe, CancellationToken cancellation)
    {
        if (ModelReference.Parse(text) is not { } reference)
        {
            return new CheckpointLocation(text);
        }

        var request = new FetchRequest(reference, new FileSelection(SelectionStart.WhatABuildNeeds, recipe.Files)) { Revision = recipe.Revision ?? "main" };
        return Of(Fetch(request, cancellation));
    }

    /// <summary>Fetches a model of the Hub.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="cancellation">Ends the work; what arrived is kept.</param>
    /// <returns>Where it lies.</returns>
    public FetchedModel Fetch(FetchRequest request, CancellationToken cancellation) => log.WithTransfer(request.Reference.ToString(), async progress =>
    {
        using var client = new HubClient(settings());
        return await client.FetchAsync(request, new FetchObserver(log.Say, log.Warn, progress), cancellation);
    });

    /// <summary>The place of a fetched model. A GGUF file stands for itself, the first part for a split set.</summary>
    /// <param name="model">The model.</param>
    /// <returns>Where it lies.</returns>
    public static CheckpointLocation Of(FetchedModel model)
    {
        FetchedFile[] engines = [.. model.Files.Where(f => f.Path.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase))];
        bool isEngine = engines.Length > 0 && engines.Length == model.Files.Length;
        return new CheckpointLocation(isEngine ? System.IO.Path.Combine(model.Folder, engines[0].Path) : model.Folder)
        {
            Name = model.Reference.ShortName,
            Files = [.. model.Files.Select(f => new ExpectedFile(f.Path, f.Sha256))],
        };
    }
}

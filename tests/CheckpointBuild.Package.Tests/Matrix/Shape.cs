using System;
using System.Collections.Generic;

namespace CheckpointBuild.Package.Tests.Matrix;

/// <summary>A row of the matrix: one kind of project or surroundings that a team may have.</summary>
/// <param name="Name">What it is, in a few words.</param>
/// <param name="Write">Writes its projects; called again whenever the options of the item change.</param>
public sealed record Shape(string Name, Action<Site> Write)
{
    /// <summary>Whether the row belongs to the fast subset.</summary>
    public bool IsFast { get; init; }

    /// <summary>The folder that everything lies in; empty for none.</summary>
    public string Below { get; init; } = "";

    /// <summary>What is built: a project's folder or a solution.</summary>
    public string Build { get; init; } = "app";

    /// <summary>More arguments of every build.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The folders that must hold the engine after a build.</summary>
    public IReadOnlyList<string> Outputs { get; init; } = ["app/bin/Debug/net10.0"];

    /// <summary>The engine's file below an output.</summary>
    public string Engine { get; init; } = "models/doc-llama/doc-llama.gguf";

    /// <summary>The checkpoint's folder.</summary>
    public string Checkpoint { get; init; } = "models/doc-llama";

    /// <summary>What the checkpoint is called where its folder's name does not tell it.</summary>
    public string? CheckpointName { get; init; }

    /// <summary>What is published; null for nothing.</summary>
    public string? Publish { get; init; } = "app";

    /// <summary>More arguments of publish.</summary>
    public IReadOnlyList<string> PublishArguments { get; init; } = [];

    /// <summary>The program that is run; null for none.</summary>
    public string? Program { get; init; } = "app/bin/Debug/net10.0/app.dll";

    /// <summary>The project that an editor opens; null for none.</summary>
    public string? Editor { get; init; } = "app/app.csproj";

    /// <summary>Prepares the folder before the first build.</summary>
    public Action<Site>? Prepare { get; init; }

    /// <summary>Steps that do not apply, and why.</summary>
    public IReadOnlyDictionary<string, string> Without { get; init; } = new Dictionary<string, string>();

    /// <inheritdoc/>
    public override string ToString() => Name;
}

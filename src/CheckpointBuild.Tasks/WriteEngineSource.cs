using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.IO;
using System.Text;
using CheckpointBuild.Tasks.Checkpoints;
using CheckpointBuild.Tasks.Diagnostics;
using CheckpointBuild.Tasks.Sources;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace CheckpointBuild.Tasks;

/// <summary>Writes the source that names the project's engines. It needs no engine, only the items, so compilers and editors have it before the first build.</summary>
/// <remarks>Of the standard targets; its parameters may change.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
[MSBuildMultiThreadableTask]
public sealed class WriteEngineSource : Task
{
    private readonly List<ITaskItem> _written = [];

    /// <summary>The checkpoints.</summary>
    public ITaskItem[] Checkpoints { get; set; } = [];

    /// <summary>The file to write; one that is already right is left as it is, so that nothing is compiled again.</summary>
    [Required]
    public string SourceFile { get; set; } = string.Empty;

    /// <summary>The project's language, as MSBuild names it: C#, VB or F#.</summary>
    public string Language { get; set; } = "C#";

    /// <summary>The namespace; none when empty.</summary>
    public string RootNamespace { get; set; } = string.Empty;

    /// <summary>The assembly's name, which tells its class from that of a friend assembly.</summary>
    public string AssemblyName { get; set; } = string.Empty;

    /// <summary>The version of C#; empty or older than 10 for one without global imports.</summary>
    public string LanguageVersion { get; set; } = string.Empty;

    /// <summary>The file, when there is an engine to name.</summary>
    [Output]
    public ITaskItem[] Written => [.. _written];

    /// <inheritdoc/>
    public override bool Execute()
    {
        List<CheckpointItem> checkpoints = new CheckpointReader(null).Read(Checkpoints);
        if (checkpoints.Count == 0)
        {
            return true;
        }

        try
        {
            string text = Language switch
            {
                "VB" => EngineLanguages.VisualBasic(checkpoints, RootNamespace),
                "F#" => EngineLanguages.FSharp(checkpoints, RootNamespace),
                _ => EngineSource.Of(checkpoints, RootNamespace, EngineSource.HasGlobalUsings(LanguageVersion) ? AssemblyName : string.Empty),
            };
            if (!File.Exists(SourceFile) || !File.ReadAllText(SourceFile).Equals(text, StringComparison.Ordinal))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(SourceFile));
                File.WriteAllText(SourceFile, text, new UTF8Encoding(false));
            }

            _written.Add(new TaskItem(Placing.EngineItems.Escape(SourceFile)));
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            new DiagnosticLog(Log).Error(TaskErrors.CannotWrite(SourceFile, exception.Message));
            return false;
        }
    }
}

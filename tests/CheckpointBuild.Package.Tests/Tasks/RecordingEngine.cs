using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Linq;
using Microsoft.Build.Framework;

namespace CheckpointBuild.Package.Tests.Tasks;

/// <summary>The build that a task under test believes to run in: records every event, and whether the node was yielded.</summary>
public sealed class RecordingEngine : IBuildEngine3
{
    public Collection<BuildErrorEventArgs> Errors { get; } = [];

    public Collection<BuildWarningEventArgs> Warnings { get; } = [];

    public Collection<BuildMessageEventArgs> Messages { get; } = [];

    public int Yields { get; private set; }

    public int Reacquires { get; private set; }

    public Action<string>? OnMessage { get; set; }

    public IEnumerable<string> High => Messages.Where(m => m.Importance == MessageImportance.High).Select(m => m.Message!);

    public bool ContinueOnError => false;

    public int LineNumberOfTaskNode => 1;

    public int ColumnNumberOfTaskNode => 1;

    public string ProjectFileOfTaskNode { get; init; } = "/project/app.csproj";

    public bool IsRunningMultipleNodes => false;

    public void Yield() => Yields++;

    public void Reacquire() => Reacquires++;

    public void LogErrorEvent(BuildErrorEventArgs e) => Errors.Add(e);

    public void LogWarningEvent(BuildWarningEventArgs e) => Warnings.Add(e);

    public void LogMessageEvent(BuildMessageEventArgs e)
    {
        Messages.Add(e);
        OnMessage?.Invoke(e.Message!);
    }

    public void LogCustomEvent(CustomBuildEventArgs e) => throw new NotSupportedException();

    public bool BuildProjectFile(string projectFileName, string[] targetNames, IDictionary globalProperties, IDictionary targetOutputs) => throw new NotSupportedException();

    public bool BuildProjectFile(string projectFileName, string[] targetNames, IDictionary globalProperties, IDictionary targetOutputs, string toolsVersion) => throw new NotSupportedException();

    public bool BuildProjectFilesInParallel(string[] projectFileNames, string[] targetNames, IDictionary[] globalProperties, IDictionary[] targetOutputsPerProject, string[] toolsVersion, bool useResultsCache, bool unloadProjectsOnCompletion) =>
        throw new NotSupportedException();

    public BuildEngineResult BuildProjectFilesInParallel(string[] projectFileNames, string[] targetNames, IDictionary[] globalProperties, IList<string>[] removeGlobalProperties, string[] toolsVersion, bool returnTargetOutputs) =>
        throw new NotSupportedException();
}

using System;
using System.Collections;
using System.Collections.Generic;
using Microsoft.Build.Framework;

namespace CheckpointBuild.Package.Tests.Tasks;

/// <summary>A build that keeps objects for its tasks until it ends, which is when this is disposed.</summary>
public sealed class LastingEngine : IBuildEngine4, IDisposable
{
    private readonly RecordingEngine _engine = new();
    private readonly Dictionary<object, object> _kept = [];

    /// <summary>What every task logged as an error.</summary>
    public IReadOnlyList<BuildErrorEventArgs> Errors => _engine.Errors;

    public bool ContinueOnError => false;

    public int LineNumberOfTaskNode => 1;

    public int ColumnNumberOfTaskNode => 1;

    public string ProjectFileOfTaskNode => _engine.ProjectFileOfTaskNode;

    public bool IsRunningMultipleNodes => false;

    public void RegisterTaskObject(object key, object obj, RegisteredTaskObjectLifetime lifetime, bool allowEarlyCollection) => _kept.Add(key, obj);

    public object GetRegisteredTaskObject(object key, RegisteredTaskObjectLifetime lifetime) => _kept.GetValueOrDefault(key)!;

    public object UnregisterTaskObject(object key, RegisteredTaskObjectLifetime lifetime) => throw new NotSupportedException();

    public void Yield() => Locked(_engine.Yield);

    public void Reacquire() => Locked(_engine.Reacquire);

    public void LogErrorEvent(BuildErrorEventArgs e) => Locked(() => _engine.LogErrorEvent(e));

    public void LogWarningEvent(BuildWarningEventArgs e) => Locked(() => _engine.LogWarningEvent(e));

    public void LogMessageEvent(BuildMessageEventArgs e) => Locked(() => _engine.LogMessageEvent(e));

    public void LogCustomEvent(CustomBuildEventArgs e) => Locked(() => _engine.LogCustomEvent(e));

    public bool BuildProjectFile(string projectFileName, string[] targetNames, IDictionary globalProperties, IDictionary targetOutputs) => throw new NotSupportedException();

    public bool BuildProjectFile(string projectFileName, string[] targetNames, IDictionary globalProperties, IDictionary targetOutputs, string toolsVersion) => throw new NotSupportedException();

    public bool BuildProjectFilesInParallel(string[] projectFileNames, string[] targetNames, IDictionary[] globalProperties, IDictionary[] targetOutputsPerProject, string[] toolsVersion, bool useResultsCache, bool unloadProjectsOnCompletion) =>
        throw new NotSupportedException();

    public BuildEngineResult BuildProjectFilesInParallel(string[] projectFileNames, string[] targetNames, IDictionary[] globalProperties, IList<string>[] removeGlobalProperties, string[] toolsVersion, bool returnTargetOutputs) =>
        throw new NotSupportedException();

    public void Dispose()
    {
        foreach (object kept in _kept.Values)
        {
            (kept as IDisposable)?.Dispose();
        }
    }

    private void Locked(Action log)
    {
        lock (_kept)
        {
            log();
        }
    }
}

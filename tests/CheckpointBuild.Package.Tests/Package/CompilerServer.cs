using System;
using System.IO;

namespace CheckpointBuild.Package.Tests.Package;

/// <summary>The compiler that all builds of this run share, as builds on a developer's machine do: starting one for each would be most of a small build's work.</summary>
internal static class CompilerServer
{
    /// <summary>The name by which builds find it; the first one starts it.</summary>
    public static string Name { get; } = $"checkpointbuild-tests-{Environment.ProcessId}";

    /// <summary>Ends it, so that nothing outlives the run.</summary>
    public static void Stop()
    {
        string roslyn = new DotNet().Run(RepositoryPaths.Root, "msbuild", Path.Combine("src", "CheckpointBuild.Tasks"), "-getProperty:RoslynTargetsPath").Succeeded().Output.Trim();
        new DotNet().Run(RepositoryPaths.Root, "exec", Path.Combine(roslyn, "bincore", "VBCSCompiler.dll"), "-shutdown", "-pipename:" + Name).Succeeded();
    }
}

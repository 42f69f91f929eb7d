using System;
using System.IO;
using System.Runtime.CompilerServices;

namespace CheckpointBuild.Tests.Infrastructure;

/// <summary>Gives the run a cache folder of its own: tests never write into the user's.</summary>
internal static class PrivateCache
{
    [ModuleInitializer]
    internal static void Use() => Environment.SetEnvironmentVariable("XDG_CACHE_HOME", Directory.CreateTempSubdirectory("checkpointbuild-tests-cache-").FullName);
}

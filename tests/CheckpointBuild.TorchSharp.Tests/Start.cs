using System.Runtime.CompilerServices;

namespace CheckpointBuild.TorchSharp.Tests;

/// <summary>What comes before the first test.</summary>
internal static class Start
{
    [ModuleInitializer]
    internal static void Prepare() => NativeBackend.Prepare();
}
